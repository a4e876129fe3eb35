use std::path::Path;

use super::*;

fn planned(settings: &str) -> Result<MappingConfig, Error> {
    let text = format!(
        "Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            {settings}
"
    );
    let template = Template::read(&text, Path::new("template.yaml"), "app")?;
    Ok(plan(&template)?.remove(0).config)
}

fn pollers(minimum: u32, maximum: u32) -> ProvisionedPollers {
    ProvisionedPollers { minimum, maximum }
}

#[test]
fn provisioned_pollers_come_from_the_template() {
    let of = |settings: &str| planned(settings).unwrap().provisioned_pollers;
    let given = "ProvisionedPollerConfig: {MinimumPollers: 3, MaximumPollers: 40}";
    assert_eq!(of(given), Some(pollers(3, 40)));
    let defaults = "ProvisionedPollerConfig: {MinimumPollers: 3}";
    assert_eq!(of(defaults), Some(pollers(3, 200)));
    assert_eq!(of("BatchSize: 10"), None);
}

#[test]
fn provisioned_pollers_exclude_maximum_concurrency_and_have_ranges() {
    let refused = |pollers: &str, more: &str| {
        let settings = format!("ProvisionedPollerConfig: {{{pollers}}}\n            {more}");
        planned(&settings).unwrap_err().to_string()
    };
    let both = refused(
        "MinimumPollers: 2",
        "ScalingConfig: {MaximumConcurrency: 5}",
    );
    let reversed = refused("MinimumPollers: 9, MaximumPollers: 3", "");
    let few = refused("MinimumPollers: 1", "");
    insta::assert_snapshot!([both, reversed, few].join("\n"), @r"
    template.yaml:11: Work's event Jobs: MaximumConcurrency and ProvisionedPollerConfig are mutually exclusive.
    template.yaml:11: Work's event Jobs: MinimumPollers must be less than or equal to MaximumPollers.
    template.yaml:11: Work's event Jobs: 1 validation error detected: Value '1' at 'provisionedPollerConfig.minimumPollers' failed to satisfy constraint: Member must have value greater than or equal to 2
    ");
}

#[test]
fn this_machine_has_fewer_pollers_than_lambda() {
    let config = planned("ProvisionedPollerConfig: {MinimumPollers: 20}").unwrap();
    assert_eq!(config.most_invocations(), Some(2_000));
    let here = capped(&config);
    assert_eq!(here.most_invocations(), Some(MOST_PROCESSES));
    assert_eq!(here.maximum_concurrency, None);
}
