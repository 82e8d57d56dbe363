namespace CoreEngine.Tests.Scheduling;

/// <summary>Holds an operation until a test lets it go on.</summary>
public sealed class Gate : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _open = new();

    public ManualResetEventSlim Entered { get; } = new();

    public void Hold()
    {
        Entered.Set();
        Assert.IsTrue(_open.Wait(s_long), "the gate was never opened");
    }

    public void Open() => _open.Set();

    /// <summary>Opens the gate; the events themselves may still be in use by the operation.</summary>
    public void Dispose() => Open();
}
