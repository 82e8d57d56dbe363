namespace CoreEngine;

/// <summary>
/// Disposes the arrays that are made on this thread while it is open, except those that are kept. A training loop opens
/// one per step, so that intermediate results go back to the pool at once instead of waiting for the garbage collector.
/// </summary>
/// <example>
/// <code>
/// using (var scope = new ArrayScope())
/// {
///     NDArray loss = Step(batch);
///     total = scope.Keep(total + loss);
/// }
/// </code>
/// </example>
public sealed class ArrayScope : IDisposable
{
    [ThreadStatic]
    private static ArrayScope? t_current;

    private readonly ArrayScope? _outer;
    private readonly HashSet<NDArray> _arrays = [];

    /// <summary>Opens a scope on this thread.</summary>
    public ArrayScope()
    {
        _outer = t_current;
        t_current = this;
    }

    /// <summary>Lets an array outlive this scope; it then belongs to the enclosing scope, if there is one.</summary>
    /// <returns>The same array.</returns>
    public NDArray Keep(NDArray array)
    {
        if (_arrays.Remove(array))
            _outer?._arrays.Add(array);
        return array;
    }

    /// <summary>Disposes every array that was made in this scope and not kept.</summary>
    public void Dispose()
    {
        if (t_current != this)
            throw new InvalidOperationException(
                "Array scopes must be closed on their own thread, the inner one first."
            );
        t_current = _outer;
        foreach (NDArray array in _arrays)
        {
            array.Dispose();
        }

        _arrays.Clear();
    }

    internal static void Add(NDArray array) => t_current?._arrays.Add(array);

    /// <summary>Runs code whose arrays belong to nobody's scope (tape, optimizer states).</summary>
    internal static Suspension Suspend() => new();

    internal readonly ref struct Suspension
    {
        private readonly ArrayScope? _suspended;

        public Suspension()
        {
            _suspended = t_current;
            t_current = null;
        }

        public void Dispose() => t_current = _suspended;
    }
}
