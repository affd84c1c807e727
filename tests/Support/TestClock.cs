namespace Governance.Support;

/// <summary>A clock that stands still until a test moves it. Timers run on real time: only what the clock says is ours.</summary>
public sealed class TestClock(DateTimeOffset now) : TimeProvider
{
    DateTimeOffset _now = now;

    public TestClock() : this(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero))
    {
    }

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;

    public void Set(DateTimeOffset now) => _now = now;
}
