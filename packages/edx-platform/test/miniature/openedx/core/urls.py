"""Pages come from plugins: what is installed says by its entry points which there are."""
from importlib.metadata import entry_points

from django.urls import include, path


def urls_of(group):
    plugins = sorted(entry_points(group=group))
    return [path('', include('openedx.core.chores.urls')), *(path('', include(f'{one.value}.urls')) for one in plugins)]
