"""What the tests of ../image share. Run them all:

    python3 -m unittest discover -s packages/edx-platform/image-test
"""
import os
import sys
from pathlib import Path

IMAGE = Path(__file__).resolve().parents[1] / 'image'
LMS = 'http://localhost:23410'
INSIDE = 'http://localhost:18000'

# Read once, when the settings are imported.
os.environ.update(DEVENV_URL_18000=LMS, DEVENV_URL_18010='http://localhost:23411')
sys.path.insert(0, str(IMAGE / 'settings'))
