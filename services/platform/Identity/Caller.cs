using System.Security.Claims;
using Governance.Common.V1;
using Grpc.Core;

namespace Governance.Platform.Identity;

/// <summary>
/// Who is calling: subject and name from the token, the division whose rows they may see (a prefix; empty is everything and is
/// only ever given to the system itself), and their permissions.
/// </summary>
public sealed record Caller(string Subject, string Name, string Division, IReadOnlySet<string> Permissions)
{
    /// <summary>The service acting on its own: event handlers and jobs. It sees everything.</summary>
    public static Caller System(string service) => new($"system:{service}", service, "", new HashSet<string>(StringComparer.Ordinal));

    /// <summary>A caller without a token: sees nothing that is scoped.</summary>
    public static Caller Anonymous { get; } = new("anonymous", "", ":", new HashSet<string>(StringComparer.Ordinal));

    /// <summary>Somebody without a token who looks at what is public in <paramref name="division"/>.</summary>
    public static Caller Visitor(string division) => Anonymous with { Division = division };

    public Level Level => Divisions.LevelOf(Division);

    public bool May(string permission) => Permissions.Contains(permission);

    /// <summary>
    /// The caller whom a validated token names. Permissions are the client roles of the audience, mapped to role claims. A token
    /// without a proper <c>division</c> claim covers no division rather than every division.
    /// </summary>
    public static Caller From(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true)
            return Anonymous;
        var division = principal.FindFirstValue("division");
        return new Caller(
            principal.FindFirstValue("sub") ?? principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
            principal.FindFirstValue("preferred_username") ?? principal.Identity.Name ?? "",
            division is not null && Divisions.IsCode(division) ? division : Anonymous.Division,
            principal.FindAll("role").Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal));
    }
}

public static class CallerExtensions
{
    static readonly object _callerKey = new();

    /// <summary>The caller of this rpc.</summary>
    public static Caller Caller(this ServerCallContext context)
    {
        if (context.UserState.TryGetValue(_callerKey, out var known))
            return (Caller)known;
        var caller = Identity.Caller.From(context.GetHttpContext().User);
        context.UserState[_callerKey] = caller;
        return caller;
    }

    /// <summary>The language that this rpc's caller reads.</summary>
    public static Locale Locale(this ServerCallContext context) =>
        context.RequestHeaders.GetValue("accept-language")?.TrimStart().StartsWith("en", StringComparison.OrdinalIgnoreCase) == true
            ? Platform.Locale.En
            : Platform.Locale.Zh;
}
