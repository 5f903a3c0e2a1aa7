"""What the image was built without."""
from importlib.util import find_spec


def there(apps):
    """Of the installed applications those that are there: CREDENTIALS_GITHUB=skip leaves the themes out."""
    return [app for app in apps if app != 'edx_credentials_themes' or find_spec(app)]
