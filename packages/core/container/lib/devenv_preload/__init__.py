"""What has a program of Python boot without importing its installed packages. See docs/decisions/0029-a-save-is-served-by-a-fork.md.

    noted      the modules that a program imports, at its first boot
    learn      of these, the ones that can be imported ahead: a trial, whose result is the program's record
    trial      imports them one by one, and watches what each does
    installed  which modules are those of installed packages, and whether these have changed
    parent     imports what all records have in common; a child for each `reload` imports the rest, and forks programs
    program    runs a program as Python would run it
"""
