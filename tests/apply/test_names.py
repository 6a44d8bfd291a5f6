from clearbay.apply.names import closest, unknown

KNOWN = ("hk.epd.marine.DM1", "hk.epd.marine.DM2", "hk.epd.marine.TM2", "cn.gb3097-1997")


def test_the_closest_names_come_first():
    """A slip of the pen or of case finds its name."""
    assert closest("hk.epd.marine.dm1", KNOWN)[0] == "hk.epd.marine.DM1"
    assert closest("cn.gb3097-1979", KNOWN)[0] == "cn.gb3097-1997"


def test_a_code_alone_finds_the_station_that_bears_it():
    """The last part of a name is enough to be understood."""
    assert closest("TM2", KNOWN)[0] == "hk.epd.marine.TM2"


def test_nothing_near_means_no_guess():
    """A name like no other is refused with the list alone, and a long one is cut."""
    error = unknown("station", "z" * 500, KNOWN, where="station", listing="/api/stations")
    assert "did you mean" not in error.mend
    assert "/api/stations" in error.mend
    assert len(error.what) < 120
