//! What `instance` fills in: AWS machines, their vCPUs as cores and their price on demand.

use super::{Fact, Preset};

/// EC2 on demand, Linux, us-east-1, from the AWS price list as generated into Karpenter.
const PRICES: &str = "https://github.com/aws/karpenter-provider-aws/blob/1d927085dd81a9df9301e613f371dac5b4d16bfe/pkg/providers/pricing/zz_generated.pricing_aws.go";
/// vCPUs and memory as EC2 describes them, in the same repository.
const MACHINES: &str = "https://github.com/aws/karpenter-provider-aws/blob/1d927085dd81a9df9301e613f371dac5b4d16bfe/website/content/en/preview/reference/instance-types.md";
/// What stands behind the classes of RDS; its price depends on the engine and must be stated.
const CLASSES: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html";

/// Name, vCPUs, memory, price on demand.
type Machine = (&'static str, &'static str, &'static str, Option<&'static str>);

/// All machines, by name.
pub(super) fn presets() -> Vec<Preset> {
    MACHINES_BY_NAME.iter().map(preset).collect()
}

fn preset((name, cores, memory, price): &Machine) -> Preset {
    let is_class = name.starts_with("db.");
    let fact = |key, value, because, version, url, date| Fact {
        key,
        value,
        of: &[],
        because,
        version,
        url,
        date,
    };
    let (because, url) = if is_class {
        ("vCPUs of the class, those of the EC2 type that it is named after", CLASSES)
    } else {
        ("vCPUs of the type", MACHINES)
    };
    let mut facts = vec![
        fact("cores", *cores, because, "AWS", url, "2026-07-11"),
        fact("memory", *memory, "memory of the machine", "AWS", url, "2026-07-11"),
    ];
    facts.extend(price.map(|price| {
        fact("cost", price, "EC2 on demand, Linux, us-east-1", "AWS", PRICES, "2026-07-20")
    }));
    let what = if is_class { "RDS class; the price must be stated" } else { "EC2 type" };
    Preset { name, what, facts }
}

/// The names, for the table of the format.
pub(super) const NAMES: &[&str] = &[
    "c7g.medium",
    "c7g.large",
    "c7g.xlarge",
    "c7g.2xlarge",
    "c7g.4xlarge",
    "c7i.large",
    "c7i.xlarge",
    "c7i.2xlarge",
    "c7i.4xlarge",
    "c8g.medium",
    "c8g.large",
    "c8g.xlarge",
    "c8g.2xlarge",
    "c8g.4xlarge",
    "m6g.medium",
    "m6g.large",
    "m6g.xlarge",
    "m6g.2xlarge",
    "m6g.4xlarge",
    "m6i.large",
    "m6i.xlarge",
    "m6i.2xlarge",
    "m6i.4xlarge",
    "m7g.medium",
    "m7g.large",
    "m7g.xlarge",
    "m7g.2xlarge",
    "m7g.4xlarge",
    "m7i.large",
    "m7i.xlarge",
    "m7i.2xlarge",
    "m7i.4xlarge",
    "m8g.medium",
    "m8g.large",
    "m8g.xlarge",
    "m8g.2xlarge",
    "m8g.4xlarge",
    "r7g.medium",
    "r7g.large",
    "r7g.xlarge",
    "r7g.2xlarge",
    "r7g.4xlarge",
    "r7i.large",
    "r7i.xlarge",
    "r7i.2xlarge",
    "r7i.4xlarge",
    "r8g.medium",
    "r8g.large",
    "r8g.xlarge",
    "r8g.2xlarge",
    "r8g.4xlarge",
    "t3.small",
    "t3.medium",
    "t3.large",
    "t3.xlarge",
    "t3.2xlarge",
    "t4g.small",
    "t4g.medium",
    "t4g.large",
    "t4g.xlarge",
    "t4g.2xlarge",
    "db.m6g.large",
    "db.m6g.xlarge",
    "db.m6g.2xlarge",
    "db.m6g.4xlarge",
    "db.m7g.large",
    "db.m7g.xlarge",
    "db.m7g.2xlarge",
    "db.m7g.4xlarge",
    "db.m8g.large",
    "db.m8g.xlarge",
    "db.m8g.2xlarge",
    "db.m8g.4xlarge",
    "db.r7g.large",
    "db.r7g.xlarge",
    "db.r7g.2xlarge",
    "db.r7g.4xlarge",
    "db.r8g.large",
    "db.r8g.xlarge",
    "db.r8g.2xlarge",
    "db.r8g.4xlarge",
    "db.t4g.medium",
    "db.t4g.large",
];

#[rustfmt::skip]
const MACHINES_BY_NAME: &[Machine] = &[
    ("c7g.medium", "1", "2 GiB", Some("$0.0363/h")),
    ("c7g.large", "2", "4 GiB", Some("$0.0725/h")),
    ("c7g.xlarge", "4", "8 GiB", Some("$0.145/h")),
    ("c7g.2xlarge", "8", "16 GiB", Some("$0.29/h")),
    ("c7g.4xlarge", "16", "32 GiB", Some("$0.58/h")),
    ("c7i.large", "2", "4 GiB", Some("$0.08925/h")),
    ("c7i.xlarge", "4", "8 GiB", Some("$0.1785/h")),
    ("c7i.2xlarge", "8", "16 GiB", Some("$0.357/h")),
    ("c7i.4xlarge", "16", "32 GiB", Some("$0.714/h")),
    ("c8g.medium", "1", "2 GiB", Some("$0.03988/h")),
    ("c8g.large", "2", "4 GiB", Some("$0.07976/h")),
    ("c8g.xlarge", "4", "8 GiB", Some("$0.15952/h")),
    ("c8g.2xlarge", "8", "16 GiB", Some("$0.31904/h")),
    ("c8g.4xlarge", "16", "32 GiB", Some("$0.63808/h")),
    ("m6g.medium", "1", "4 GiB", Some("$0.0385/h")),
    ("m6g.large", "2", "8 GiB", Some("$0.077/h")),
    ("m6g.xlarge", "4", "16 GiB", Some("$0.154/h")),
    ("m6g.2xlarge", "8", "32 GiB", Some("$0.308/h")),
    ("m6g.4xlarge", "16", "64 GiB", Some("$0.616/h")),
    ("m6i.large", "2", "8 GiB", Some("$0.096/h")),
    ("m6i.xlarge", "4", "16 GiB", Some("$0.192/h")),
    ("m6i.2xlarge", "8", "32 GiB", Some("$0.384/h")),
    ("m6i.4xlarge", "16", "64 GiB", Some("$0.768/h")),
    ("m7g.medium", "1", "4 GiB", Some("$0.0408/h")),
    ("m7g.large", "2", "8 GiB", Some("$0.0816/h")),
    ("m7g.xlarge", "4", "16 GiB", Some("$0.1632/h")),
    ("m7g.2xlarge", "8", "32 GiB", Some("$0.3264/h")),
    ("m7g.4xlarge", "16", "64 GiB", Some("$0.6528/h")),
    ("m7i.large", "2", "8 GiB", Some("$0.1008/h")),
    ("m7i.xlarge", "4", "16 GiB", Some("$0.2016/h")),
    ("m7i.2xlarge", "8", "32 GiB", Some("$0.4032/h")),
    ("m7i.4xlarge", "16", "64 GiB", Some("$0.8064/h")),
    ("m8g.medium", "1", "4 GiB", Some("$0.04488/h")),
    ("m8g.large", "2", "8 GiB", Some("$0.08976/h")),
    ("m8g.xlarge", "4", "16 GiB", Some("$0.17952/h")),
    ("m8g.2xlarge", "8", "32 GiB", Some("$0.35904/h")),
    ("m8g.4xlarge", "16", "64 GiB", Some("$0.71808/h")),
    ("r7g.medium", "1", "8 GiB", Some("$0.0536/h")),
    ("r7g.large", "2", "16 GiB", Some("$0.1071/h")),
    ("r7g.xlarge", "4", "32 GiB", Some("$0.2142/h")),
    ("r7g.2xlarge", "8", "64 GiB", Some("$0.4284/h")),
    ("r7g.4xlarge", "16", "128 GiB", Some("$0.8568/h")),
    ("r7i.large", "2", "16 GiB", Some("$0.1323/h")),
    ("r7i.xlarge", "4", "32 GiB", Some("$0.2646/h")),
    ("r7i.2xlarge", "8", "64 GiB", Some("$0.5292/h")),
    ("r7i.4xlarge", "16", "128 GiB", Some("$1.0584/h")),
    ("r8g.medium", "1", "8 GiB", Some("$0.05891/h")),
    ("r8g.large", "2", "16 GiB", Some("$0.11782/h")),
    ("r8g.xlarge", "4", "32 GiB", Some("$0.23564/h")),
    ("r8g.2xlarge", "8", "64 GiB", Some("$0.47128/h")),
    ("r8g.4xlarge", "16", "128 GiB", Some("$0.94256/h")),
    ("t3.small", "2", "2 GiB", Some("$0.0208/h")),
    ("t3.medium", "2", "4 GiB", Some("$0.0416/h")),
    ("t3.large", "2", "8 GiB", Some("$0.0832/h")),
    ("t3.xlarge", "4", "16 GiB", Some("$0.1664/h")),
    ("t3.2xlarge", "8", "32 GiB", Some("$0.3328/h")),
    ("t4g.small", "2", "2 GiB", Some("$0.0168/h")),
    ("t4g.medium", "2", "4 GiB", Some("$0.0336/h")),
    ("t4g.large", "2", "8 GiB", Some("$0.0672/h")),
    ("t4g.xlarge", "4", "16 GiB", Some("$0.1344/h")),
    ("t4g.2xlarge", "8", "32 GiB", Some("$0.2688/h")),
    ("db.m6g.large", "2", "8 GiB", None),
    ("db.m6g.xlarge", "4", "16 GiB", None),
    ("db.m6g.2xlarge", "8", "32 GiB", None),
    ("db.m6g.4xlarge", "16", "64 GiB", None),
    ("db.m7g.large", "2", "8 GiB", None),
    ("db.m7g.xlarge", "4", "16 GiB", None),
    ("db.m7g.2xlarge", "8", "32 GiB", None),
    ("db.m7g.4xlarge", "16", "64 GiB", None),
    ("db.m8g.large", "2", "8 GiB", None),
    ("db.m8g.xlarge", "4", "16 GiB", None),
    ("db.m8g.2xlarge", "8", "32 GiB", None),
    ("db.m8g.4xlarge", "16", "64 GiB", None),
    ("db.r7g.large", "2", "16 GiB", None),
    ("db.r7g.xlarge", "4", "32 GiB", None),
    ("db.r7g.2xlarge", "8", "64 GiB", None),
    ("db.r7g.4xlarge", "16", "128 GiB", None),
    ("db.r8g.large", "2", "16 GiB", None),
    ("db.r8g.xlarge", "4", "32 GiB", None),
    ("db.r8g.2xlarge", "8", "64 GiB", None),
    ("db.r8g.4xlarge", "16", "128 GiB", None),
    ("db.t4g.medium", "2", "4 GiB", None),
    ("db.t4g.large", "2", "8 GiB", None),
];
