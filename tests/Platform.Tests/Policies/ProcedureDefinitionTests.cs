using Governance.Platform.Policies;
using Xunit;

namespace Governance.Platform.Tests.Policies;

/// <summary>What is refused in the definition of a procedure.</summary>
public sealed class ProcedureDefinitionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("policies").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("kind: dance", "\"kind\" must be one of task, review, vote, notice, announcement, filing")]
    [InlineData("kind: 1", "\"kind\" must be one of task, review, vote, notice, announcement, filing")]
    [InlineData("level: street", "\"level\" must be one of village, township, county, city, province, department")]
    [InlineData("within: soon", "\"within\" must be a duration such as 15d, 5wd or 6M, or the id of a value in d")]
    [InlineData("within: test.unheard_of", "a duration is written like 15d, 5wd or 6M, or is the id of a value in d, which \"test.unheard_of\" is not")]
    [InlineData("within: test.money", "a duration is written like 15d, 5wd or 6M, or is the id of a value in d, which \"test.money\" is not")]
    [InlineData("for: 7d", "\"for\" belongs to notices and announcements only, not to step \"second\"")]
    [InlineData("kind: notice, onReturn: first", "step \"second\" needs \"for\": how long it is on")]
    [InlineData("kind: notice, for: 7d", "notice \"second\" needs \"onObjection\" or \"onReturn\"")]
    [InlineData("kind: notice, for: 7d, onReturn: first, within: 3d", "step \"second\" completes by time, so it takes neither \"within\" nor \"attachments\"")]
    [InlineData("kind: notice, for: 7d, onReturn: first, onReject: first", "step \"second\" cannot be rejected, so it takes no \"onReject\"")]
    [InlineData("kind: vote", "vote \"second\" needs \"quorum\" and \"majority\"")]
    [InlineData("kind: vote, quorum: at least 2/3", "vote \"second\" needs \"quorum\" and \"majority\"")]
    [InlineData("kind: vote, quorum: at least 2/3, majority: half", "\"majority\" must be a share such as \"over 1/2\" or \"at least 2/3\"")]
    [InlineData("quorum: at least 2/3", "\"quorum\" and \"majority\" belong to votes only, not to step \"second\"")]
    [InlineData("onReturn: second", "\"onReturn\" of step \"second\" must name an earlier step, and \"second\" is none")]
    [InlineData("onReturn: third", "\"onReturn\" of step \"second\" must name an earlier step, and \"third\" is none")]
    [InlineData("onObjection: first", "\"onObjection\" belongs to notices only, not to step \"second\"")]
    [InlineData("since: first", "step \"second\" says \"since\" without \"within\"")]
    [InlineData("id: first", "step \"first\" is there twice")]
    [InlineData("permission: ''", "\"permission\" must have one plain value")]
    [InlineData("title: { zh: 二 }", "\"en\" is missing")]
    [InlineData("deadline: 3d", "\"deadline\" is not known here")]
    public void A_fault_in_a_step_is_named_with_its_line(string change, string fault)
    {
        var step = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["id"] = "second", ["kind"] = "task", ["level"] = "village", ["permission"] = "clues.write", ["title"] = "{ zh: 二, en: Second }",
        };
        foreach (var part in change.Split(", "))
            step[part[..part.IndexOf(':', StringComparison.Ordinal)]] = part[(part.IndexOf(':', StringComparison.Ordinal) + 2)..];
        File.WriteAllText(Path.Combine(_folder, "default.yaml"),
            $$"""
            values:
              - { id: test.money, value: 1, unit: yuan, source: s }
            procedures:
              - id: test.case
                source: s
                title: { zh: 事项, en: Case }
                steps:
                  - { id: first, kind: task, level: village, permission: clues.write, title: { zh: 一, en: First } }
                  - { {{string.Join(", ", step.Select(part => $"{part.Key}: {part.Value}"))}} }
            """);
        var faults = Assert.Throws<PolicyException>(() => PolicyBook.Load(_folder, [], ["test.case"])).Faults;
        Assert.Contains(faults, found => found.EndsWith($": {fault}", StringComparison.Ordinal) && found.StartsWith("default.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_procedure_has_steps()
    {
        File.WriteAllText(Path.Combine(_folder, "default.yaml"), "procedures:\n  - { id: test.case, source: s, title: { zh: 事项, en: Case } }\n");
        Assert.Equal(["default.yaml:2: a procedure has at least one step"], Assert.Throws<PolicyException>(() => PolicyBook.Load(_folder, [], ["test.case"])).Faults);
    }
}
