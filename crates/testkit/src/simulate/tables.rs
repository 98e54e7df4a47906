//! The numbers that shape a platform. `docs/SIMULATOR.md` says how each was measured, and which
//! are assumed.

use super::draw::Quantiles;

/// Share of a local day's events in each hour, permille.
pub(super) const HOUR_PERMILLE: [u32; 24] =
    [35, 21, 14, 9, 8, 10, 19, 27, 32, 38, 43, 49, 57, 54, 49, 51, 55, 61, 57, 57, 62, 68, 66, 58];

/// Rank of the work that a view falls on, in ppm of all works, the most viewed first.
pub(super) const WORK_RANK_PPM: Quantiles = [
    0, 301, 718, 1_229, 1_824, 2_478, 3_189, 3_946, 4_809, 5_744, 6_743, 7_858, 9_017, 10_246,
    11_591, 13_008, 14_492, 16_065, 17_767, 19_565, 21_456, 23_483, 25_617, 27_837, 30_192, 32_680,
    35_302, 38_050, 40_932, 43_964, 47_158, 50_515, 54_059, 57_785, 61_710, 65_822, 70_155, 74_795,
    79_756, 85_001, 90_610, 96_602, 102_985, 109_707, 116_850, 124_425, 132_568, 141_457, 151_098,
    161_430, 172_645, 184_906, 198_466, 213_328, 229_430, 247_183, 266_962, 289_180, 314_958,
    345_086, 381_200, 425_908, 483_674, 568_676, 733_747,
];

/// Rank of the viewer who makes an event, in ppm of all viewers, the most active first.
pub(super) const VIEWER_RANK_PPM: Quantiles = [
    0, 1_571, 3_951, 6_724, 9_778, 13_098, 16_734, 20_624, 24_835, 29_321, 34_104, 39_079, 44_288,
    49_813, 55_456, 61_383, 67_539, 73_710, 80_481, 87_253, 94_217, 101_741, 109_265, 116_788,
    125_129, 133_593, 142_058, 150_594, 160_267, 169_941, 179_614, 189_287, 199_699, 210_984,
    222_270, 233_556, 244_841, 256_559, 270_102, 283_645, 297_188, 310_731, 324_273, 338_610,
    355_539, 372_467, 389_396, 406_324, 423_253, 440_902, 463_473, 486_045, 508_616, 531_187,
    553_759, 576_330, 609_761, 643_618, 677_475, 711_332, 745_189, 796_858, 864_572, 932_286,
    1_000_000,
];

/// Length of a work, where the length is known.
pub(super) const LENGTH_MS: Quantiles = [
    5_000, 7_866, 9_133, 10_388, 11_300, 12_576, 13_866, 14_966, 16_166, 17_700, 19_120, 20_566,
    22_733, 24_760, 27_033, 29_300, 31_466, 34_000, 36_933, 39_500, 42_133, 45_466, 48_960, 52_500,
    56_900, 60_133, 62_580, 64_800, 67_266, 69_866, 72_850, 76_200, 79_433, 83_133, 85_800, 88_133,
    91_100, 94_719, 97_666, 100_666, 105_240, 109_800, 114_416, 117_640, 122_583, 128_033, 133_566,
    139_873, 146_200, 154_716, 161_933, 167_960, 176_200, 182_933, 191_791, 202_283, 213_600,
    227_791, 245_566, 259_216, 280_433, 304_004, 349_800, 459_816, 702_812,
];

/// Watched share of works under 15 s, in ppm of the length.
pub(super) const RATIO_SHORT_PPM: Quantiles = [
    0, 0, 0, 0, 0, 0, 54_540, 71_584, 81_404, 89_415, 96_469, 102_523, 108_944, 116_276, 123_425,
    131_484, 138_957, 145_943, 154_419, 162_631, 169_824, 180_140, 190_039, 201_300, 213_854,
    229_024, 243_039, 260_747, 278_428, 297_567, 319_991, 339_907, 360_851, 386_525, 414_476,
    454_286, 493_775, 540_657, 593_139, 639_873, 687_188, 737_665, 783_623, 829_868, 884_611,
    937_222, 982_621, 1_021_842, 1_048_324, 1_065_199, 1_080_963, 1_096_774, 1_113_061, 1_130_263,
    1_155_389, 1_186_129, 1_235_203, 1_316_758, 1_434_992, 1_630_441, 1_822_169, 2_036_194,
    2_216_983, 3_009_469, 7_447_108,
];

/// Watched share of works of 15 s to 60 s, in ppm of the length.
pub(super) const RATIO_MID_PPM: Quantiles = [
    0, 0, 0, 0, 0, 6_296, 19_157, 24_057, 28_038, 31_213, 34_428, 37_781, 41_188, 44_228, 47_764,
    51_420, 55_017, 58_723, 62_496, 66_703, 70_913, 76_027, 80_611, 86_421, 92_690, 99_160,
    106_263, 114_929, 124_543, 135_708, 148_011, 160_644, 175_631, 194_328, 217_175, 241_633,
    269_128, 301_788, 336_945, 377_843, 424_650, 475_678, 532_739, 594_607, 665_809, 733_487,
    803_706, 876_489, 925_230, 956_756, 981_794, 1_002_539, 1_018_556, 1_027_352, 1_035_053,
    1_043_278, 1_052_449, 1_065_345, 1_082_256, 1_109_243, 1_159_528, 1_254_545, 1_456_550,
    1_906_359, 3_414_022,
];

/// Watched share of works of 60 s and more, in ppm of the length.
pub(super) const RATIO_LONG_PPM: Quantiles = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 3_073, 4_284, 5_155, 5_923, 6_699, 7_513, 8_406, 9_273, 10_144,
    11_069, 12_028, 13_008, 14_088, 15_160, 16_336, 17_646, 19_102, 20_612, 22_461, 24_436, 26_558,
    28_821, 31_348, 34_416, 37_678, 41_461, 45_477, 50_898, 56_616, 63_074, 71_270, 80_755, 91_315,
    103_509, 120_559, 140_260, 163_872, 190_142, 218_922, 253_258, 292_420, 337_990, 394_532,
    457_494, 530_791, 607_100, 699_921, 797_290, 898_716, 969_608, 998_559, 1_004_753, 1_013_108,
    1_022_493, 1_053_309, 1_603_214,
];

/// Watched time of works whose length is recorded as 0.
pub(super) const WATCH_NO_LENGTH_MS: Quantiles = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 584, 781, 901, 974, 1_021, 1_074, 1_111, 1_142, 1_173,
    1_217, 1_269, 1_321, 1_381, 1_424, 1_476, 1_529, 1_579, 1_657, 1_763, 1_838, 1_944, 2_050,
    2_149, 2_275, 2_398, 2_587, 2_750, 2_971, 3_228, 3_492, 3_773, 4_099, 4_338, 4_669, 4_964,
    5_180, 5_547, 6_040, 6_598, 7_421, 8_065, 8_796, 9_302, 10_599, 12_258, 13_872, 16_321, 18_105,
    21_641, 25_807, 33_100, 54_311, 91_927,
];

/// How long before local midnight an event happened that is logged the day after.
pub(super) const LATE_MS: Quantiles = [
    1_343, 9_444, 16_870, 23_899, 33_456, 45_315, 59_253, 70_431, 78_585, 85_863, 107_269, 116_344,
    129_649, 136_464, 148_049, 155_142, 164_044, 170_771, 177_488, 190_334, 194_165, 204_039,
    214_795, 224_328, 236_513, 247_464, 258_427, 267_913, 281_386, 289_943, 304_852, 312_912,
    323_967, 334_924, 342_286, 356_332, 367_885, 377_298, 385_898, 395_504, 406_374, 412_870,
    423_130, 430_195, 445_928, 456_824, 465_300, 478_708, 510_538, 532_831, 556_840, 608_053,
    664_693, 719_355, 757_368, 810_428, 869_279, 935_995, 1_151_660, 1_366_255, 1_755_501,
    2_055_055, 2_388_985, 2_848_291, 3_830_995,
];

/// How many days before the first day a creator joined.
pub(super) const JOINED_DAYS: Quantiles = [
    15, 73, 119, 171, 232, 276, 319, 376, 436, 468, 525, 581, 632, 674, 732, 764, 791, 818, 841,
    869, 907, 944, 977, 1_006, 1_037, 1_069, 1_106, 1_142, 1_174, 1_193, 1_221, 1_258, 1_297,
    1_335, 1_374, 1_404, 1_437, 1_473, 1_512, 1_539, 1_558, 1_583, 1_605, 1_628, 1_653, 1_678,
    1_709, 1_735, 1_762, 1_789, 1_826, 1_863, 1_899, 1_932, 1_970, 2_014, 2_069, 2_126, 2_192,
    2_274, 2_351, 2_456, 2_559, 2_659, 3_624,
];

/// A view is long from this watched time on, or from the whole length of a shorter work.
pub(super) const LONG_VIEW_MS: u32 = 18_000;

/// Works under this length are short.
pub(super) const SHORT_BELOW_MS: u32 = 15_000;

/// Works from this length on are long.
pub(super) const LONG_FROM_MS: u32 = 60_000;

/// Likes per million views: short, middle and long works; first of brief views, then of long views.
pub(super) const LIKE_PPM: [[u32; 2]; 3] = [[20_101, 47_114], [10_773, 38_533], [5_616, 29_617]];

/// Comments per million views: of brief views, of long views.
pub(super) const COMMENT_PPM: [u32; 2] = [471, 6_370];

/// Shares per million views: of brief views, of long views.
pub(super) const SHARE_PPM: [u32; 2] = [341, 1_855];

/// Follows per million views: of brief views, of long views.
pub(super) const FOLLOW_PPM: [u32; 2] = [861, 2_485];

/// Favorites per million views: of brief views, of long views. The split is assumed.
pub(super) const FAVORITE_PPM: [u32; 2] = [1_175, 6_347];

/// Works with a recorded length of 0, per million works.
pub(super) const NO_LENGTH_PPM: u32 = 26_240;

/// Works of kind `ad`, per million works.
pub(super) const AD_PPM: u32 = 10_022;

/// Repeats that are byte for byte the same, per million events.
pub(super) const DUPLICATES_PPM: u32 = 32_373;

/// Repeats that say something else, per million events.
pub(super) const CONFLICTS_PPM: u32 = 76;

/// Events logged the day after, per million events.
pub(super) const LATE_PPM: u32 = 8_355;

// All that follows is assumed.

/// Events of bots, per million events.
pub(super) const BOTS_PPM: u32 = 8_000;

/// Events of creators on their own works, per million events.
pub(super) const SELF_VIEWS_PPM: u32 = 1_000;

/// Events that paid promotion brought, per million events.
pub(super) const PAID_PPM: u32 = 30_000;

/// Interactions that come as an event of their own, per million interactions.
pub(super) const SEPARATE_PPM: u32 = 50_000;

/// Views outside the viewer's home region, per million views.
pub(super) const AWAY_PPM: u32 = 20_000;

/// Viewers with a second device, per million viewers.
pub(super) const SECOND_DEVICE_PPM: u32 = 120_000;

/// Views on the second device of those who have one, per million views.
pub(super) const SECOND_DEVICE_USE_PPM: u32 = 300_000;

/// Views that bots like, per million views.
pub(super) const BOT_LIKE_PPM: u32 = 100_000;

/// Events that one bot makes in a day, at about.
pub(super) const BOT_EVENTS_PER_DAY: u64 = 500;

/// Hours of one paid burst.
pub(super) const BURST_HOURS: u32 = 2;

/// Paid views that one work gets in a burst, at about.
pub(super) const BURST_VIEWS: u64 = 300;

/// Home regions, one slot for each 1/32 of the viewers.
pub(super) const REGIONS: [&str; 32] = [
    "US", "US", "US", "US", "US", "BR", "BR", "BR", "ID", "ID", "ID", "IN", "IN", "IN", "JP", "JP",
    "JP", "DE", "DE", "GB", "GB", "MX", "MX", "FR", "FR", "KR", "KR", "SG", "CA", "ES", "TR", "PL",
];

/// Words with their weights in permille; the weights add up to 1000.
pub(super) type Words = &'static [(&'static str, u32)];

/// Account types of creators.
pub(super) const ACCOUNT_TYPES: Words =
    &[("creator", 720), ("personal", 210), ("business", 50), ("enterprise", 20)];

/// Verification of creators.
pub(super) const VERIFICATIONS: Words = &[("none", 940), ("professional", 45), ("celebrity", 15)];

/// Visibility of works.
pub(super) const VISIBILITIES: Words =
    &[("public", 965), ("self_only", 12), ("one_day", 8), ("deleted", 15)];

/// Review state of works.
pub(super) const REVIEWS: Words = &[("passed", 970), ("pending", 18), ("failed", 12)];

/// Quality of works.
pub(super) const QUALITIES: Words = &[("a", 150), ("b", 600), ("c", 250)];

/// Original works, per million works.
pub(super) const ORIGINAL_PPM: u32 = 800_000;

/// Works that carry ads, per million works.
pub(super) const HAS_ADS_PPM: u32 = 80_000;

/// Works made to a commercial order, per million works.
pub(super) const COMMERCIAL_ORDER_PPM: u32 = 15_000;

/// Works that sell something, per million works.
pub(super) const SELLING_PPM: u32 = 40_000;

/// Works that viewers pay for, per million works.
pub(super) const PAID_CONTENT_PPM: u32 = 10_000;

/// Works that editors selected, per million works.
pub(super) const SELECTED_PPM: u32 = 50_000;

/// Creators with a violation in the last [`VIOLATION_DAYS`], per million creators.
pub(super) const VIOLATION_PPM: u32 = 40_000;

/// How far back violations lie, counted from the last day of the window.
pub(super) const VIOLATION_DAYS: u32 = 180;

/// Works published on each day of the window, per million works.
pub(super) const PUBLISHED_PER_DAY_PPM: u32 = 30_000;

/// Works published in the whole window, per million works, at most.
pub(super) const PUBLISHED_IN_WINDOW_MAX_PPM: u32 = 400_000;

/// Works from before the window are at most this old on its first day.
pub(super) const OLDEST_WORK_DAYS: u32 = 90;
