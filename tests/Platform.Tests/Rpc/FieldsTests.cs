using Governance.Common.V1;
using Governance.Platform.Rpc;
using Xunit;

namespace Governance.Platform.Tests.Rpc;

public sealed class FieldsTests
{
    [Theory]
    [InlineData(Level.Unspecified)]
    [InlineData((Level)99)]
    public void What_can_be_chosen_is_named_as_the_contract_names_it(Level level)
    {
        var fields = new Fields();
        Assert.Equal(Level.Unspecified, fields.Choice("level", level));
        var violation = Assert.Single(fields.Violations);
        Assert.Equal(("level", "NOT_A_CHOICE"), (violation.Field, violation.Code));
        foreach (var sentence in (string[])[violation.Sentence.Zh, violation.Sentence.En])
        {
            Assert.Contains("LEVEL_VILLAGE, LEVEL_TOWNSHIP", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("UNSPECIFIED", sentence, StringComparison.Ordinal);
        }
    }
}
