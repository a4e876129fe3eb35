use super::*;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, live], Default: dev}
  Name: {Type: String, AllowedPattern: '[a-z]+(?<!x)', MinLength: 2, MaxLength: 4, Default: ab}
  Seconds: {Type: Number, MinValue: 1, MaxValue: 60, Default: 30}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
  Counts: {Type: List<Number>, Default: '1,2'}
  Secret: {Type: String, NoEcho: true, MinLength: 8, ConstraintDescription: long enough}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/latest}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !Ref Seconds
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {VALUE: !Join ['+', [!Ref Stage, !Select [1, !Ref Zones], !Join [':', !Ref Counts]]]}}
  Hidden:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${Secret}${Image}'}
";

fn given(pairs: &[(&str, &str)]) -> Result<Template, TemplateError> {
    parse(TEMPLATE)?.with_parameters(pairs.iter().copied())
}

fn variable(pairs: &[(&str, &str)]) -> String {
    let template = given(pairs).unwrap();
    let mut functions = template.functions().unwrap();
    functions.remove(0).environment.remove(0).value
}

#[test]
fn what_is_given_wins_over_defaults() {
    assert_eq!(variable(&[]), "dev+b+1:2");
    let pairs = [("Stage", "live"), ("Zones", "x,y"), ("Counts", "3")];
    assert_eq!(variable(&pairs), "live+y+3");
    let template = given(&[("Seconds", "45")]).unwrap();
    let queue = template.queues().unwrap().remove(0);
    assert_eq!(queue.visibility_timeout.as_secs(), 45);
}

#[test]
fn what_is_not_allowed_is_refused_with_the_line_that_says_so() {
    let refused = |name, value| given(&[(name, value)]).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            refused("Stage", "prod"),
            refused("Name", "A"),
            refused("Name", "abx"),
            refused("Name", "a"),
            refused("Name", "abcde"),
            refused("Seconds", "soon"),
            refused("Seconds", "0"),
            refused("Seconds", "61"),
            refused("Counts", "1,two"),
            refused("Secret", "hunter2"),
            refused("Sage", "dev"),
        ]
        .join("\n")
    );
}

#[test]
fn what_has_no_value_names_the_flag_that_gives_it_one() {
    let problem = |pairs: &[(&str, &str)]| {
        let template = given(pairs).unwrap();
        template.buckets().unwrap_err().to_string()
    };
    let secret = ("Secret", "correct horse");
    insta::assert_snapshot!([problem(&[]), problem(&[secret])].join("\n"));
    let template = given(&[secret, ("Image", "-7")]).unwrap();
    assert_eq!(template.buckets().unwrap()[0].name, "correct horse-7");
}
