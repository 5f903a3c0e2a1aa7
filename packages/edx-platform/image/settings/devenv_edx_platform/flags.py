"""
Waffle flags, as this environment wants them for everyone. A developer's own choice stays: a flag that somebody else made or
changed is left alone.
"""
from waffle.models import Flag

# The note beside a flag says what it was set to: a flag that is not so any more is somebody else's.
NOTES = {True: 'switched on by devenv', False: 'switched off by devenv'}


def set_flags(names, everyone, because):
    """Sees to it that flags are on (`everyone` is True) or off (False), with `because` in the note beside them."""
    for name in names:
        flag = Flag.objects.filter(name=name).first()
        if flag is None:
            flag = Flag(name=name)
        elif flag.everyone == everyone or not is_ours(flag):
            continue
        flag.everyone = everyone
        flag.note = f'{NOTES[everyone]}: {because}'
        flag.save()
        print(f'flag {name} is {"on" if everyone else "off"}: {because}')


def is_ours(flag):
    """Whether it is as it was set here."""
    return flag.everyone in NOTES and flag.note.startswith(NOTES[flag.everyone])
