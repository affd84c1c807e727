using Governance.Gateway.Transcoding;
using Governance.Trial.V1;
using Xunit;

namespace Governance.Gateway.Tests;

public sealed class RouterTests
{
    [Theory]
    [InlineData("v1/books")]
    [InlineData("/v1/{a")]
    [InlineData("/v1/{a=b/{c}}")]
    [InlineData("/v1/**/books")]
    [InlineData("/v1//books")]
    [InlineData("/v1/books/")]
    [InlineData("/v1/books:")]
    [InlineData("/v1/a}b")]
    public void A_malformed_template_is_refused(string template) => Assert.Throws<FormatException>(() => PathTemplate.Parse(template));

    [Fact]
    public void A_template_is_read_to_its_last_part()
    {
        var template = PathTemplate.Parse("/v1/{name=shelves/*/books/**}:copy");
        Assert.Equal(["v1", "shelves", "*", "books", "**"], template.Segments);
        Assert.Equal([new("name", 1, 5, IsMulti: true)], template.Variables);
        Assert.Equal("copy", template.Verb);
    }

    [Fact]
    public void Two_rpcs_on_one_path_are_refused_by_name()
    {
        var bindings = Binding.In([LibraryReflection.Descriptor], new([LibraryReflection.Descriptor]));
        var exception = Assert.Throws<InvalidOperationException>(() => new Router(bindings.Concat(bindings)));
        Assert.Contains("governance.trial.v1.Library.CreateBook", exception.Message, StringComparison.Ordinal);
    }
}
