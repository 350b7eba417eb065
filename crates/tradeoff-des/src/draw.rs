//! Chance by identity: every draw is a pure function of what draws it.
//!
//! A [`Key`] names what draws: the seed, the replication, a component, a request, an attempt.
//! Two designs compared under one seed meet the same luck even when one of them retries more,
//! since no draw depends on how many came before it (common random numbers by construction).

/// The identity of a draw, 64 bits of it.
///
/// # Examples
/// ```
/// use tradeoff_des::Key;
/// let request = Key::root(1).index(3).name("shoppers").index(17);
/// assert_eq!(request.uniform(), request.uniform());
/// assert_ne!(request.index(0).uniform(), request.index(1).uniform());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

impl Key {
    /// The identity of a run: its seed.
    pub const fn root(seed: u64) -> Self {
        Self(0x243F_6A88_85A3_08D3).index(seed)
    }

    /// A part of this identity, by number.
    #[must_use]
    #[inline]
    pub const fn index(self, part: u64) -> Self {
        // One 64x64 -> 128 bit multiplication folded, as in wyhash; the odd constants keep either
        // factor from being zero for all but two of 2^64 inputs.
        let wide = ((self.0 ^ 0x9E37_79B9_7F4A_7C15) as u128)
            * (part.wrapping_add(0xD1B5_4A32_D192_ED03) | 1) as u128;
        let folded = (wide as u64) ^ ((wide >> 64) as u64);
        Self(folded ^ part.rotate_left(29) ^ self.0.rotate_left(11))
    }

    /// A part of this identity, by name.
    #[must_use]
    #[inline]
    pub fn name(self, name: &str) -> Self {
        let mut key = self.index(name.len() as u64);
        for chunk in name.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            key = key.index(u64::from_le_bytes(word));
        }
        key
    }

    /// 64 random bits: the finalizer of `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).
    #[inline]
    pub const fn bits(self) -> u64 {
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Uniform, strictly between 0 and 1.
    #[inline]
    pub fn uniform(self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Exponential with mean 1, by inversion.
    #[inline]
    pub fn exponential(self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal, by inversion.
    pub fn normal(self) -> f64 {
        normal_quantile(self.uniform())
    }
}

/// The standard normal's quantile at `p` in (0, 1): Wichura, algorithm AS 241 (1988), about 16 digits.
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 8] = [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ];
    const B: [f64; 8] = [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ];
    const C: [f64; 8] = [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ];
    const E: [f64; 8] = [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ];
    // By Estrin's scheme: Horner's is one long chain in which each step waits for the last.
    let polynomial = |of: &[f64; 8], x: f64| {
        let pair = |at: usize| of[at] + of[at + 1] * x;
        let square = x * x;
        let (low, high) = (pair(0) + pair(2) * square, pair(4) + pair(6) * square);
        low + high * (square * square)
    };
    let centered = p - 0.5;
    if centered.abs() <= 0.425 {
        let r = 0.180_625 - centered * centered;
        return centered * polynomial(&A, r) / polynomial(&B, r);
    }
    let tail = libm::sqrt(-libm::log(if centered < 0.0 { p } else { 1.0 - p }));
    let value = if tail <= 5.0 {
        polynomial(&C, tail - 1.6) / polynomial(&D, tail - 1.6)
    } else {
        polynomial(&E, tail - 5.0) / polynomial(&F, tail - 5.0)
    };
    if centered < 0.0 { -value } else { value }
}
