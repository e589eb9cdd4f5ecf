"""Makes plant_readings.csv: a year of readings of an invented run-of-river hydropower plant.

usage: python make_readings.py [FILE]      (default: plant_readings.csv beside this script)

The plant has one Francis turbine with a design flow of 12 m3/s under a gross head of 86 m. Each row
is the mean of three hours of 2024, in UTC:

    time          start of the three hours, ISO 8601
    head_m        net head at the turbine, metres
    flow_m3s      flow through the turbine, cubic metres per second
    power_kw      electrical power, kilowatts
    water_temp_c  temperature of the river, degrees Celsius
    state         running, or stopped (yearly maintenance; flow and power are 0)

Built into the numbers, so that an analysis can find it: snow melt in May, low water in late summer,
a trash rack that clogs in the second half of October (head is lost), an efficiency that peaks below
the design flow, and a temperature sensor that fails now and then (empty fields). Only the standard
library and a fixed seed are used: the same bytes come out everywhere.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

SEED = 1884
STEP = timedelta(hours=3)
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
END = datetime(2025, 1, 1, tzinfo=timezone.utc)
MAINTENANCE = (
    datetime(2024, 9, 9, 6, tzinfo=timezone.utc),
    datetime(2024, 9, 13, 18, tzinfo=timezone.utc),
)
CLOGGED = (datetime(2024, 10, 14, tzinfo=timezone.utc), datetime(2024, 10, 29, tzinfo=timezone.utc))

DESIGN_FLOW_M3S = 12.0
GROSS_HEAD_M = 86.0
WATER_N_PER_M3 = 999.0 * 9.81

COLUMNS = ("time", "head_m", "flow_m3s", "power_kw", "water_temp_c", "state")


def efficiency(flow_m3s: float) -> float:
    """Share of the water's power that becomes electricity; best at 82 % of the design flow."""
    return 0.902 - 0.42 * (flow_m3s / DESIGN_FLOW_M3S - 0.82) ** 2


def river_flow_m3s(day: float) -> float:
    """What the river offers on a day of the year (0 to 366), without weather."""
    snow_melt = 6.5 * math.exp(-(((day - 138) / 24) ** 2))
    autumn_rain = 3.2 * math.exp(-(((day - 312) / 30) ** 2))
    low_water = 2.1 * math.exp(-(((day - 238) / 28) ** 2))
    return 6.4 + snow_melt + autumn_rain - low_water


def readings() -> Iterator[tuple[str, ...]]:
    """The rows in order of time, each field as it is written."""
    chance = random.Random(SEED)
    weather = 0.0
    time = START
    while time < END:
        day = (time - START) / timedelta(days=1)
        weather = 0.97 * weather + chance.gauss(0, 0.22)
        flow = min(DESIGN_FLOW_M3S, max(2.5, river_flow_m3s(day) + weather))
        head = GROSS_HEAD_M - 0.038 * flow**2 + chance.gauss(0, 0.12)
        if CLOGGED[0] <= time < CLOGGED[1]:
            head -= 7.5 * ((time - CLOGGED[0]) / (CLOGGED[1] - CLOGGED[0]))
        running = not MAINTENANCE[0] <= time < MAINTENANCE[1]
        if not running:
            flow, head = 0.0, GROSS_HEAD_M
        power = WATER_N_PER_M3 * flow * head * efficiency(flow) / 1000 if running else 0.0
        power *= 1 + chance.gauss(0, 0.006)
        season = math.sin((day - 112) / 366 * 2 * math.pi)
        daily = 0.5 * math.sin((time.hour - 9) / 24 * 2 * math.pi)
        temperature = 8.6 + 6.9 * season + daily + chance.gauss(0, 0.35)
        failed = chance.random() < 0.012
        yield (
            time.strftime("%Y-%m-%dT%H:%MZ"),
            f"{head:.2f}",
            f"{flow:.3f}",
            f"{power:.1f}",
            "" if failed else f"{temperature:.2f}",
            "running" if running else "stopped",
        )
        time += STEP


def write(target: Path) -> None:
    """Writes the data set to a file, with a header line and Unix line ends."""
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(readings())


if __name__ == "__main__":
    write(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("plant_readings.csv")
    )
