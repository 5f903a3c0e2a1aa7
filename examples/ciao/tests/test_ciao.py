import ciao


def test_greets_in_italian():
    assert ciao.greeting_for('Ada') == 'Ciao, Ada!'
