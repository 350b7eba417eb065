//! What stands below the options in the help: exit codes and first steps of the whole command,
//! examples of each verb. They run beside what `init` writes, and a test runs them there.

pub(super) const CODES: &str = "Exit codes:
  0  the command could answer
  1  a gate failed: a finding at or above --fail-on (check), or under --gate a broken promise
  2  the input or the command line is wrong
  3  a mistake of ours

Start with:
  tradeoff init                        a first architecture, with comments
  tradeoff check architecture.yaml     what do the rules say?
  tradeoff review architecture.yaml    what breaks, why, and what is the least that mends it?
  tradeoff decide                      which choices are there, and what do your facts answer?
  tradeoff explain                     what do the rules and the words mean?";

pub(super) const CHECK: &str = "Examples:
  tradeoff check architecture.yaml
  tradeoff check .                                       all *.yaml and *.yml of the folder, as one
  tradeoff check architecture.yaml --fail-on warning     exit 1 on warnings too
  tradeoff check architecture.yaml --env staging         with the edits of the overlay `staging`
  tradeoff check architecture.yaml --set services.orders.replicas=6
  tradeoff check architecture.yaml --today 2027-07-01    what is no longer accepted on that day?
  tradeoff check architecture.yaml --format json | jq .summary";

pub(super) const ANALYZE: &str = "Examples:
  tradeoff analyze architecture.yaml
  tradeoff analyze architecture.yaml --set traffic.shoppers.rate=90/s
  tradeoff analyze architecture.yaml --set growth=8%/month --horizon 5y
  tradeoff analyze architecture.yaml --format json | jq .saturation";

pub(super) const SIMULATE: &str = "Examples:
  tradeoff simulate architecture.yaml
  tradeoff simulate architecture.yaml --scenario busy-day --replications 20
  tradeoff simulate architecture.yaml --duration 5m --seed 7
  tradeoff simulate architecture.yaml --set services.orders.queue=16 --gate";

pub(super) const REVIEW: &str = "Examples:
  tradeoff review architecture.yaml
  tradeoff review architecture.yaml --scenario lose-a-replica
  tradeoff review architecture.yaml --set growth=8%/month --horizon 5y
                                                 what breaks first as it grows, and when?
  tradeoff review . --gate --fail-on warning     in CI; all *.yaml and *.yml of the folder, as one
  tradeoff review architecture.yaml --format json --output review.json
  tradeoff review architecture.yaml --format html --output review.html
  tradeoff review architecture.yaml --format markdown | gh pr comment --body-file -
  tradeoff review architecture.yaml --fix        writes the smallest set that holds";

pub(super) const DECIDE: &str = "Examples:
  tradeoff decide                                what there is to decide
  tradeoff decide architecture.yaml              what this architecture raises comes first
  tradeoff decide primary-database               asks for the facts
  tradeoff decide pagination --set rows=2M --set concurrent-writes=yes --non-interactive
  tradeoff decide connection-pool-sizing architecture.yaml
                                                 asks for what the architecture does not say
  tradeoff decide --all architecture.yaml        agreed, contradicted, missing
  tradeoff decide load-balancing architecture.yaml --about orders --measure
                                                 simulates the options
  tradeoff decide database-scaling architecture.yaml --adr
                                                 writes an ADR, and records it in the architecture
  tradeoff decide debt architecture.yaml         what is owed, by interest
  tradeoff decide drift --reference train.csv --current today.parquet --column amount
                                                 compares two files of yours";

pub(super) const INIT: &str = "Examples:
  tradeoff init                       architecture.yaml in this folder
  tradeoff init --name shop           the same, of a system that is called `shop`
  tradeoff init shop.yaml             another file; a folder gets its architecture.yaml";

pub(super) const EXPLAIN: &str = "Examples:
  tradeoff explain                    what can be explained
  tradeoff explain rel-no-timeout     a rule: why it matters, an example, its limits
  tradeoff explain pagination         a decision: its facts, options and worked examples
  tradeoff explain retry.budget       a key of the format: its unit and default
  tradeoff explain metastable         a word of the results
  tradeoff explain defaults           what holds where the file says nothing
  tradeoff explain runtimes           what `runtime: spring-boot` and others fill in, with sources";

pub(super) const SCHEMA: &str = "Examples:
  tradeoff schema > tradeoff.schema.json
  and as the first line of an architecture, for editors:
  # yaml-language-server: $schema=./tradeoff.schema.json";

pub(super) const COMPLETIONS: &str = "Examples:
  tradeoff completions bash > ~/.local/share/bash-completion/completions/tradeoff
  tradeoff completions zsh > ~/.zfunc/_tradeoff
  tradeoff completions fish > ~/.config/fish/completions/tradeoff.fish";
