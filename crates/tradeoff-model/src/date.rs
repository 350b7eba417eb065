//! Calendar days, as the file states them: `2027-06-30`.

use std::fmt;

/// A day of the Gregorian calendar. Earlier days are less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day written as `2027-06-30`; `None` if it is not written so, or there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next()?;
            let all = part.len() == digits && part.bytes().all(|it| it.is_ascii_digit());
            if all { part.parse::<u16>().ok() } else { None }
        };
        let (year, month, day) = (part(4)?, part(2)? as u8, part(2)? as u8);
        let there = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
        (there && parts.next().is_none()).then_some(Self { year, month, day })
    }

    /// The day that is so many days after 1970-01-01; the years 1970 to 9999.
    pub fn from_days(days_since_1970: u64) -> Option<Self> {
        let mut left = days_since_1970;
        for year in 1970..=9999 {
            let length = if leap(year) { 366 } else { 365 };
            if left >= length {
                left -= length;
                continue;
            }
            for month in 1..=12 {
                let length = u64::from(days(year, month));
                if left < length {
                    return Some(Self { year, month, day: left as u8 + 1 });
                }
                left -= length;
            }
        }
        None
    }

    /// The month that is so many months after its own: `2027-04`.
    pub fn month_after(self, months: u32) -> String {
        let month = u32::from(self.month) - 1 + months;
        format!("{:04}-{:02}", u32::from(self.year) + month / 12, month % 12 + 1)
    }
}

const fn leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days(year: u16, month: u8) -> u8 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_that_are_not_in_the_calendar_are_refused() {
        let read = |text| Date::parse(text).map(|it| it.to_string());
        assert_eq!(read("2027-06-30").as_deref(), Some("2027-06-30"));
        assert_eq!(read("2028-02-29").as_deref(), Some("2028-02-29"));
        for text in ["2027-02-29", "2027-13-01", "2027-00-01", "2027-6-30", "30.6.2027", "", "x"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("2027-06-30-1"), None);
        assert_eq!(read("+202-06-30"), None);
    }

    #[test]
    fn days_are_counted_from_1970() {
        let day = |days| Date::from_days(days).map(|it| it.to_string());
        assert_eq!(day(0).as_deref(), Some("1970-01-01"));
        assert_eq!(day(59).as_deref(), Some("1970-03-01"));
        assert_eq!(day(19_782).as_deref(), Some("2024-02-29"));
        assert_eq!(day(20_780).as_deref(), Some("2026-11-23"));
        assert_eq!(day(u64::MAX), None);
        let month = |months| Date::parse("2026-11-23").map(|it| it.month_after(months));
        assert_eq!(month(0).as_deref(), Some("2026-11"));
        assert_eq!(month(2).as_deref(), Some("2027-01"));
        assert_eq!(month(13).as_deref(), Some("2027-12"));
        assert!(Date::parse("2026-11-23") < Date::parse("2026-12-01"));
    }
}
