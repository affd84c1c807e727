using System.Text;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// Finds the binding of a path: case-sensitive, and the most specific first: a literal segment before "*", "*" before "**",
/// a custom verb before a colon inside the last segment.
/// </summary>
sealed class Router
{
    readonly Node _root = new();

    /// <exception cref="InvalidOperationException">Two rpcs are bound to the same path and method.</exception>
    public Router(IEnumerable<Binding> bindings)
    {
        foreach (var binding in bindings)
            Add(binding);
    }

    void Add(Binding binding)
    {
        var node = _root;
        foreach (var segment in binding.Template.Segments)
        {
            if (!node.Children.TryGetValue(segment, out var child))
                node.Children.Add(segment, child = new());
            node = child;
        }
        if (node.Bindings.Find(
            other => other.Template.Verb == binding.Template.Verb && other.HttpMethod == binding.HttpMethod) is { } other)
            throw new InvalidOperationException(
                $"{binding.Rpc.FullName} and {other.Rpc.FullName} are both bound to {binding.HttpMethod} {binding.Template}.");
        node.Bindings.Add(binding);
    }

    /// <summary>
    /// Finds the binding of <paramref name="method"/> and the raw <paramref name="path"/>. Without one,
    /// <see cref="Match.Allowed"/> says which methods the path has; none when there is no such path.
    /// </summary>
    public Match Find(string method, string path)
    {
        if (!path.StartsWith('/'))
            return new(null, [], []);
        var segments = path[1..].Split('/');
        var search = new Search(method);
        var (last, colon) = (segments[^1], segments[^1].LastIndexOf(':'));
        if (colon > 0)
        {
            segments[^1] = last[..colon];
            search.Verb = last[(colon + 1)..];
            if (Walk(_root, segments, 0, search) is { } withVerb)
                return new(withVerb, segments, []);
            segments[^1] = last;
            search.Verb = "";
        }
        return new(Walk(_root, segments, 0, search), segments, search.Allowed);
    }

    static Binding? Walk(Node node, string[] segments, int position, Search search)
    {
        if (position == segments.Length)
            return search.Take(node) ?? (node.Children.TryGetValue(PathTemplate.Multi, out var rest) ? search.Take(rest) : null);
        var segment = segments[position];
        if (segment.Length > 0)
        {
            if (node.Children.TryGetValue(Unescape(segment), out var literal)
                && Walk(literal, segments, position + 1, search) is { } exact)
                return exact;
            if (node.Children.TryGetValue(PathTemplate.Single, out var single) && Walk(single, segments, position + 1, search) is { } any)
                return any;
        }
        return node.Children.TryGetValue(PathTemplate.Multi, out var multi) ? search.Take(multi) : null;
    }

    /// <summary>The value of <paramref name="variable"/> in the <paramref name="segments"/> of a path.</summary>
    public static string Value(PathTemplate.Variable variable, PathTemplate template, string[] segments)
    {
        if (!variable.IsMulti)
            return Unescape(segments[variable.Start]);
        var end = template.Segments[variable.End - 1] == PathTemplate.Multi ? segments.Length : variable.End;
        // A slash that is escaped is part of a segment's name, so in a value of several segments it stays escaped.
        return string.Join('/', segments[variable.Start..end].Select(segment =>
            string.Join("%2F", segment.Split(["%2F", "%2f"], StringSplitOptions.None).Select(Unescape))));
    }

    static string Unescape(string segment) => segment.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(segment) : segment;

    sealed class Node
    {
        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);
        public List<Binding> Bindings { get; } = [];
    }

    sealed class Search(string method)
    {
        public string Verb { get; set; } = "";
        public SortedSet<string> Allowed { get; } = new(StringComparer.Ordinal);

        public Binding? Take(Node node)
        {
            Binding? any = null;
            foreach (var binding in node.Bindings)
            {
                if (binding.Template.Verb != Verb)
                    continue;
                if (binding.HttpMethod == method)
                    return binding;
                if (binding.HttpMethod == "*")
                    any = binding;
                else
                    Allowed.Add(binding.HttpMethod);
            }
            return any;
        }
    }
}

/// <summary>What a path and method led to.</summary>
/// <param name="Binding">The binding; null when there is none.</param>
/// <param name="Segments">The path's raw segments, for the values of variables.</param>
/// <param name="Allowed">Without a binding: the methods that the path has.</param>
readonly record struct Match(Binding? Binding, string[] Segments, IReadOnlyCollection<string> Allowed);
