from boundcalc.numbers.remarks import remark, remarks


def test_remarks_go_to_the_innermost_block_each_once_and_are_lost_without_one():
    remark("nobody listens")
    with remarks() as outer:
        remark("a")
        with remarks() as inner:
            remark("b")
            remark("b")
        remark("c")
    assert (outer, inner) == (["a", "c"], ["b"])
