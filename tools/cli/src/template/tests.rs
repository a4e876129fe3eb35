mod conditions;
mod functions;
mod mappings;
mod parameters;
mod resources;

use super::*;

fn parse(text: &str) -> Result<Template, TemplateError> {
    Template::parse(text, "template.yaml", PathBuf::new(), "app")
        .map_err(|fault| fault.in_file("template.yaml"))
}

fn environment(value: &str) -> Result<Vec<Variable>, TemplateError> {
    let template = format!(
        "Parameters:
  Stage: {{Type: String, Default: dev}}
  Secret: {{Type: String}}
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Things: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: !Sub '${{Stage}}-things'}}}}
  Topic: {{Type: AWS::SNS::Topic}}
  Loop: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !GetAtt Loop.QueueName}}}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          VALUE: {value}
"
    );
    parse(&template)?
        .functions()
        .map(|mut functions| functions.remove(0).environment)
}

fn value(text: &str) -> String {
    environment(text).unwrap().remove(0).value
}

fn problem(text: &str) -> String {
    environment(text).unwrap_err().to_string()
}

#[test]
fn values_are_those_of_a_stack_without_random_endings() {
    assert_eq!(value("!Ref Things"), "dev-things");
    assert_eq!(value("!Ref Stage"), "dev");
    assert_eq!(
        value("!GetAtt Jobs.Arn"),
        "arn:aws:sqs:us-east-1:000000000000:app-Jobs"
    );
    assert_eq!(
        value("!Ref Jobs"),
        "https://sqs.us-east-1.amazonaws.com/000000000000/app-Jobs"
    );
    assert_eq!(
        value("!Sub '${AWS::StackName}/${Things.Arn}/${!literal}'"),
        "app/arn:aws:dynamodb:us-east-1:000000000000:table/dev-things/${literal}"
    );
    assert_eq!(
        value("!Sub ['${x}-${Stage}', {x: !Ref Work}]"),
        "app-Work-dev"
    );
    assert_eq!(
        value("!Join ['+', [1, !Ref Stage, !Ref AWS::NoValue]]"),
        "1+dev"
    );
    assert_eq!(
        value("{'Fn::GetAtt': [Work, Arn]}"),
        "arn:aws:lambda:us-east-1:000000000000:function:app-Work"
    );
    assert_eq!(value("12"), "12");
    assert_eq!(value("!Select [1, !Split [',', 'a,b,c']]"), "b");
    assert_eq!(value("!Join ['', !Split ['-', a-b-c]]"), "abc");
}

#[test]
fn variables_know_what_they_refer_to() {
    let variable = environment("!Sub '${Jobs.QueueName}:${Things}'")
        .unwrap()
        .remove(0);
    assert_eq!(Vec::from_iter(variable.references), ["Jobs", "Things"]);
    assert!(environment("!Ref AWS::NoValue").unwrap().is_empty());
}

#[test]
fn problems_name_their_line_and_what_to_do() {
    insta::assert_snapshot!(
        [
            problem("!Ref Nothing"),
            problem("!Ref Secret"),
            problem("!If [Yes, 1, 2]"),
            problem("!Select [2, [a, b]]"),
            problem("!Select [x, [a, b]]"),
            problem("!Split ['', a]"),
            problem("!Equals [a, b]"),
            problem("!ImportValue x"),
            problem("!Ref Topic"),
            problem("!GetAtt Things.StreamArn"),
            problem("!GetAtt Things"),
            problem("!Sub '${Stage'"),
            problem("!Ref Loop"),
            problem("[unclosed"),
            parse("Resources: {A: {}}").unwrap_err().to_string(),
            parse("hello: 1").unwrap_err().to_string(),
            parse("").unwrap_err().to_string(),
        ]
        .join("\n")
    );
}

#[test]
fn globals_give_what_a_function_does_not_set() {
    let template = parse(
        "Globals: {Function: {Timeout: 7, MemorySize: 256, Environment: {Variables: {A: 1, B: 1}}}}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: '512', Environment: {Variables: {B: 2}}}",
    );
    let function = template.unwrap().functions().unwrap().remove(0);
    assert_eq!((function.timeout.as_secs(), function.memory), (7, 512));
    let variables = function.environment.iter();
    let variables: Vec<_> = variables
        .map(|it| format!("{}={}", it.name, it.value))
        .collect();
    assert_eq!(variables, ["A=1", "B=2"]);
}
