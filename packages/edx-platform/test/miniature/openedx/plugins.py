"""The apps with pages: what is installed says by its entry points which there are."""
from importlib.metadata import entry_points


def plugins(service):
    """`service`: lms or cms. An entry point of another package names a class; those have no pages."""
    found = sorted(entry_points(group=f'{service}.djangoapp'))
    return [entry_point.value for entry_point in found if entry_point.attr is None]
