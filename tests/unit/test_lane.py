"""One person's messages, one after the other, and whether another one comes."""

import asyncio

from bot.lane import Lane


async def test_those_who_wait_enter_in_their_order() -> None:
    """One at a time."""
    lane, seen = Lane(), []

    async def enter(number: int) -> None:
        async with lane:
            seen.append(number)
            await asyncio.sleep(0)
            seen.append(number)

    await asyncio.gather(*map(enter, range(4)))
    assert seen == [0, 0, 1, 1, 2, 2, 3, 3]


async def test_it_tells_whether_another_comes() -> None:
    """One that waits already, one that comes in time, and none."""
    lane = Lane()

    async def enter_later(seconds: float) -> None:
        await asyncio.sleep(seconds)
        async with lane:
            pass

    async with lane:
        waiting = asyncio.create_task(enter_later(0))
        await asyncio.sleep(0.01)
        assert await lane.another_comes(5)
    await waiting
    async with lane:
        coming = asyncio.create_task(enter_later(0.02))
        assert await lane.another_comes(5)
    await coming
    async with lane:
        assert not await lane.another_comes(0.02)
