using System.Globalization;
using Governance.Platform.Personal;
using Xunit;

namespace Governance.Platform.Tests.Personal;

public sealed class IdentityNumberTests
{
    static readonly DateOnly _today = new(2024, 4, 1);

    [Theory]
    // The example of GB 11643-1999, and as clerks write it.
    [InlineData("11010519491231002X", "1949-12-31", Gender.Female)]
    [InlineData("  11010519491231002x ", "1949-12-31", Gender.Female)]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ", "1949-12-31", Gender.Female)]
    [InlineData("610101199003071231", "1990-03-07", Gender.Male)]
    public void A_number_tells_birth_and_gender(string text, string birth, Gender gender)
    {
        Assert.True(IdentityNumber.TryParse(text, _today, out var number, out var violation), violation?.Code);
        Assert.Equal(DateOnly.Parse(birth, CultureInfo.InvariantCulture), number.Birth);
        Assert.Equal(gender, number.Gender);
    }

    [Fact]
    public void A_number_of_15_digits_is_the_one_of_18()
    {
        Assert.True(IdentityNumber.TryParse("110105491231002", _today, out var old, out _));
        Assert.True(IdentityNumber.TryParse("11010519491231002X", _today, out var now, out _));
        Assert.Equal(now, old);
    }

    [Theory]
    [InlineData("", "IDENTITY_NUMBER_FORM")]
    [InlineData("1101051949123100", "IDENTITY_NUMBER_FORM")]
    [InlineData("11010519491231002A", "IDENTITY_NUMBER_FORM")]
    [InlineData("X1010519491231002X", "IDENTITY_NUMBER_FORM")]
    [InlineData("01010519491231002X", "IDENTITY_NUMBER_FORM")]
    [InlineData("11010549123100X", "IDENTITY_NUMBER_FORM")]
    [InlineData("11010519491232002X", "IDENTITY_NUMBER_BIRTH")]
    [InlineData("11010519490229002X", "IDENTITY_NUMBER_BIRTH")]
    [InlineData("11010520240402002X", "IDENTITY_NUMBER_BIRTH")]
    // The standard's other example: born in 1880, well formed and no living person's.
    [InlineData("440524188001010014", "IDENTITY_NUMBER_BIRTH")]
    [InlineData("110105194912310021", "IDENTITY_NUMBER_CHECKSUM")]
    public void What_is_no_identity_number_is_refused_without_repeating_it(string text, string code)
    {
        Assert.False(IdentityNumber.TryParse(text, _today, out _, out var violation, "身份证号"));
        Assert.Equal(code, violation!.Code);
        Assert.Equal("身份证号", violation.Field);
        Assert.True(text.Length == 0 || !violation.Sentence.Zh.Contains(text, StringComparison.Ordinal)
            && !violation.Sentence.En.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_one_wrong_digit_and_any_swap_of_neighbours_is_noticed()
    {
        const string good = "61010119900307123";
        var whole = good + IdentityNumber.CheckCharacter(good);
        for (var place = 0; place < 17; place++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var wrong = whole.ToCharArray();
                wrong[place] = digit;
                Assert.Equal(digit == whole[place], IdentityNumber.TryParse(new string(wrong), _today, out _, out _));
            }
        }
        for (var place = 0; place < 16; place++)
        {
            var wrong = whole.ToCharArray();
            (wrong[place], wrong[place + 1]) = (wrong[place + 1], wrong[place]);
            Assert.Equal(wrong[place] == wrong[place + 1], IdentityNumber.TryParse(new string(wrong), _today, out _, out _));
        }
    }

    [Fact]
    public void A_number_shows_itself_masked()
    {
        IdentityNumber.TryParse("11010519491231002X", _today, out var number, out _);
        Assert.Equal("**************002X", $"{number}");
    }

    [Theory]
    [InlineData("欧阳示例", "欧**")]
    [InlineData("𠮷示", "𠮷**")]
    [InlineData("", "")]
    public void A_name_shows_its_first_character(string name, string masked) => Assert.Equal(masked, Mask.Name(name));
}
