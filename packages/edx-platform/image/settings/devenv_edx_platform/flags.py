"""
Waffle flags, as this environment wants them for everyone. A developer's own choice stays: a flag that somebody else made or
changed is left alone.
"""
from waffle.models import Flag

NOTE = 'set by devenv: '


def set_flags(names, everyone, because):
    """Sees to it that flags are on (`everyone` is True) or off (False), with `because` as the note beside them."""
    for name in names:
        flag, created = Flag.objects.get_or_create(name=name, defaults={'everyone': everyone, 'note': NOTE + because})
        if not created and flag.note.startswith(NOTE) and flag.everyone != everyone:
            flag.everyone = everyone
            flag.note = NOTE + because
            flag.save()
            created = True
        if created:
            print(f'flag {name} is {"on" if everyone else "off"}: {because}')
