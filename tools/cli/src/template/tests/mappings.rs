use super::*;

fn value_with(mappings: &str, value: &str) -> Result<String, TemplateError> {
    let template = format!(
        "Parameters: {{Stage: {{Type: String, Default: dev}}}}
Mappings: {mappings}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: {{Environment: {{Variables: {{VALUE: {value}}}}}}}
"
    );
    let mut functions = parse(&template)?.functions()?;
    Ok(functions.remove(0).environment.remove(0).value)
}

const STAGES: &str = "{Stages: {dev: {Level: debug}, prod: {Level: info}}}";

#[test]
fn mappings_are_looked_up_by_what_their_keys_come_to() {
    let find = "!FindInMap [Stages, !Ref Stage, Level]";
    assert_eq!(value_with(STAGES, find).unwrap(), "debug");
    let find = "{Fn::FindInMap: [Stages, prod, Level]}";
    assert_eq!(value_with(STAGES, find).unwrap(), "info");
    let find = "!FindInMap [Stages, test, Level, {DefaultValue: warn}]";
    assert_eq!(value_with(STAGES, find).unwrap(), "warn");
}

#[test]
fn what_a_mapping_does_not_have_is_named() {
    let missing = value_with(STAGES, "!FindInMap [Stages, test, Level]").unwrap_err();
    insta::assert_snapshot!(missing, @"template.yaml:6: `Mappings` has no Stages.test.Level");
    let few = value_with(STAGES, "!FindInMap [Stages, test]").unwrap_err();
    insta::assert_snapshot!(few, @"template.yaml:6: Fn::FindInMap takes a mapping and two keys");
}

#[test]
fn texts_are_encoded() {
    assert_eq!(value_with(STAGES, "!Base64 hello").unwrap(), "aGVsbG8=");
}
