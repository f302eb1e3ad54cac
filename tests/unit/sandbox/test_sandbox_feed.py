"""Every open tab follows the same changes, or is told to read anew."""

from sandbox.world.change_log import KEPT, ChangeLog


def test_a_follower_gets_what_came_after_its_cursor():
    feed = ChangeLog()
    feed.publish({"n": 1})
    cursor = feed.cursor
    feed.publish({"n": 2})
    feed.publish({"n": 3})

    assert feed.after(cursor, timeout=0) == (feed.cursor, [{"n": 2}, {"n": 3}])


def test_nothing_new_leaves_the_cursor_where_it_was():
    feed = ChangeLog()

    assert feed.after(feed.cursor, timeout=0) == (feed.cursor, [])


def test_a_foreign_or_too_old_cursor_must_read_anew():
    feed = ChangeLog()
    old = feed.cursor
    for n in range(KEPT + 1):
        feed.publish({"n": n})

    assert feed.after(ChangeLog().cursor, timeout=0) is None
    assert feed.after(old, timeout=0) is None
    assert feed.after("nonsense", timeout=0) is None
