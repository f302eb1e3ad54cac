"""The gate lets the most urgent in first."""

import asyncio

from workers.telegram.client.priority_gate import PriorityGate


def test_the_most_urgent_enters_first_and_equals_in_order_of_coming():
    async def scenario() -> list[str]:
        gate, entered = PriorityGate(), []

        async def visit(name: str, priority: int) -> None:
            async with gate.passing(priority):
                entered.append(name)

        async with asyncio.TaskGroup() as visits, gate.passing(0):
            for name, priority in (("low", 3), ("high", 1), ("high too", 1), ("critical", 0)):
                visits.create_task(visit(name, priority))
            await asyncio.sleep(0)
        return entered

    assert asyncio.run(scenario()) == ["critical", "high", "high too", "low"]


def test_who_gives_up_waiting_does_not_block_the_others():
    async def scenario() -> list[str]:
        gate, entered = PriorityGate(), []

        async def visit(name: str) -> None:
            async with gate.passing(1):
                entered.append(name)

        async with gate.passing(0):
            impatient = asyncio.create_task(visit("impatient"))
            patient = asyncio.create_task(visit("patient"))
            await asyncio.sleep(0)
            impatient.cancel()
            await asyncio.sleep(0)
        await patient
        return entered

    assert asyncio.run(scenario()) == ["patient"]


def test_a_turn_handed_to_someone_who_gives_up_in_the_same_moment_is_passed_on():
    async def scenario() -> list[str]:
        gate, entered = PriorityGate(), []

        async def visit(name: str) -> None:
            async with gate.passing(1):
                entered.append(name)

        async with gate.passing(0):
            first = asyncio.create_task(visit("first"))
            second = asyncio.create_task(visit("second"))
            await asyncio.sleep(0)
        first.cancel()
        await second
        return entered

    assert asyncio.run(scenario()) == ["second"]
