"""Where the image keeps what a mount of the checkout would hide."""

NODE_MODULES = '/edx/app/discovery/node_modules'
BOWER_STATIC = '/edx/app/discovery/static'  # holds bower_components/
BUILT_STATIC = '/edx/var/discovery/static'  # holds bundles/, written by webpack
STATIC_ROOT = '/edx/var/discovery/assets'  # written by collectstatic
WEBPACK_STATS = '/edx/var/discovery/webpack-stats.json'


def with_artifacts(settings):
    """Point a settings module's namespace at the artifacts. Ours come first: copies in the checkout may be old."""
    settings['STATIC_ROOT'] = STATIC_ROOT
    settings['STATICFILES_DIRS'] = (BUILT_STATIC, BOWER_STATIC, *settings['STATICFILES_DIRS'])
    settings['WEBPACK_LOADER']['DEFAULT']['STATS_FILE'] = WEBPACK_STATS
