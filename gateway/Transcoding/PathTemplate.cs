namespace Governance.Gateway.Transcoding;

/// <summary>
/// A path of a <c>google.api.http</c> annotation: "/v1/{name=shelves/*/books/*}:copy".
/// <c>Template = "/" Segments [":" Verb]; Segment = "*" | "**" | literal | "{" field path ["=" Segments] "}"</c>.
/// </summary>
sealed class PathTemplate
{
    public const string Single = "*";
    public const string Multi = "**";

    readonly string _text;
    readonly List<string> _segments = [];
    readonly List<Variable> _variables = [];
    int _position;

    PathTemplate(string text) => _text = text;

    /// <summary>Literals, "*" for exactly one segment, and at the end "**" for any number.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>What the segments are bound to.</summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>The custom verb after the last colon, or empty.</summary>
    public string Verb { get; private set; } = "";

    /// <summary>The segments from <paramref name="Start"/> up to <paramref name="End"/> are the value of a request field.</summary>
    /// <param name="FieldPath">Dotted names as in the contract.</param>
    /// <param name="Start">The first segment.</param>
    /// <param name="End">The segment after the last one; "**" makes the value longer.</param>
    /// <param name="IsMulti">Whether the value may hold slashes, and so keeps those that are escaped.</param>
    public readonly record struct Variable(string FieldPath, int Start, int End, bool IsMulti);

    /// <exception cref="FormatException">The template is malformed.</exception>
    public static PathTemplate Parse(string text)
    {
        var template = new PathTemplate(text);
        template.Expect('/');
        template.ParseSegments(insideVariable: false);
        if (template.Take(':'))
            template.Verb = template.ParseLiteral("/{}*:=");
        if (template._position < text.Length)
            throw template.Malformed();
        var multi = template._segments.IndexOf(Multi);
        if (multi >= 0 && multi < template._segments.Count - 1)
            throw template.Malformed();
        return template;
    }

    void ParseSegments(bool insideVariable)
    {
        do
        {
            if (Take('{'))
            {
                if (insideVariable)
                    throw Malformed();
                ParseVariable();
            }
            else if (Take('*'))
            {
                _segments.Add(Take('*') ? Multi : Single);
            }
            else
            {
                _segments.Add(ParseLiteral("/{}*:="));
            }
        }
        while (Take('/'));
    }

    void ParseVariable()
    {
        var path = ParseLiteral("/{}*:=");
        var start = _segments.Count;
        if (Take('='))
            ParseSegments(insideVariable: true);
        else
            _segments.Add(Single);
        Expect('}');
        _variables.Add(new(path, start, _segments.Count, _segments.Count - start > 1 || _segments[^1] == Multi));
    }

    string ParseLiteral(string end)
    {
        var start = _position;
        while (_position < _text.Length && !end.Contains(_text[_position], StringComparison.Ordinal))
            _position++;
        return _position > start ? _text[start.._position] : throw Malformed();
    }

    bool Take(char character)
    {
        if (_position >= _text.Length || _text[_position] != character)
            return false;
        _position++;
        return true;
    }

    void Expect(char character)
    {
        if (!Take(character))
            throw Malformed();
    }

    FormatException Malformed() => new($"The path template \"{_text}\" is malformed at {_position}.");

    public override string ToString() => _text;
}
