"""Working days by the package `holidays`, for 34 countries and every date of 2020 to 2030.

    working_days.py calendar FILE      writes the calendars as `stipend calendar import` takes them
    working_days.py answers            prints country, date, whether it is worked on, and the fifth
                                       working day after it
    working_days.py gov_uk JSON        prints the same for GB by the file of gov.uk, 2020 to 2027
    working_days.py known CSV          prints what the package and a list of holidays differ in
"""
import csv
import datetime
import json
import sys

import holidays

COUNTRIES = ("AE AT AU BE BR CA CH CN DE ES FR GB ID IE IN IT JP KR MX MY NL NZ PH PL PT RU SA SE SG TH TR US "
             "VN ZA").split()
FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2030, 12, 31)
NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def dates(last=LAST):
    return [FIRST + datetime.timedelta(days) for days in range((last - FIRST).days + 1)]


def of(country):
    return holidays.country_holidays(country, years=range(2019, 2033))


def write_calendar(path):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["calendar", "date", "name", "mark"])
        for country in COUNTRIES:
            known = of(country)
            for day, name in sorted(known.items()):
                out.writerow([country, day, name.replace("\n", " ")[:200], "holiday"])
            held = None
            for day in dates():
                for worked in [day] if day in known.weekend_workdays else []:
                    out.writerow([country, worked, "", "workday"])
            # The package knows one weekend for each day: found by asking it.
            for day in dates():
                week = [day + datetime.timedelta(n) for n in range(7)]
                weekend = " ".join(NAMES[n] for n in range(7)
                                   if known._is_weekend(next(d for d in week if d.weekday() == n)))
                if weekend != held and day.day == 1:
                    out.writerow([country, day, "", f"weekend {weekend}"])
                    held = weekend


def answers():
    for country in COUNTRIES:
        known = of(country)
        for day in dates():
            worked = int(known.is_working_day(day))
            print(country, day, worked, known.get_nth_working_day(day, 5), sep=",")


def gov_uk(path):
    events = json.load(open(path))["england-and-wales"]["events"]
    closed = {event["date"] for event in events}
    work = lambda day: day.weekday() < 5 and str(day) not in closed
    for day in dates(datetime.date(2027, 12, 31)):
        later, left = day, 5
        while left:
            later += datetime.timedelta(1)
            left -= work(later)
        print("GB", day, int(work(day)), later, sep=",")


def known(path):
    listed = {}
    for row in csv.DictReader(open(path)):
        listed.setdefault(row["calendar"], set()).add(row["date"])
    print("countries", len([name for name in listed if len(name) == 2]))
    for country, listed in sorted(listed.items()):
        if len(country) != 2:
            continue
        package = {str(day) for day in of(country) if FIRST <= day <= LAST}
        listed = {day for day in listed if str(FIRST) <= day <= str(LAST)}
        if package != listed:
            print(country, sorted(package ^ listed))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    {"calendar": write_calendar, "answers": answers, "gov_uk": gov_uk, "known": known}[command](*rest)
