from openedx.envs import devstack

globals().update(devstack('lms'))
