"""memcached refuses keys that hold a space."""


def without_spaces(key, key_prefix, version):
    return f'{key_prefix}/{version}/{key}'.replace(' ', '_')
