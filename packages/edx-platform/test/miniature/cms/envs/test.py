from openedx import envs

globals().update(envs.test('cms'))
