from openedx.envs import devstack

globals().update(devstack('cms'))
