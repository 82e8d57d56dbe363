namespace CoreEngine.Runtime;

/// <summary>Makes what this thread pushes run at once, inside the push; disposing it ends that.</summary>
public readonly ref struct InlineScope
{
    private readonly Engine? _before;

    internal InlineScope(Engine? before) => _before = before;

    /// <summary>Makes <see cref="Engine.Default"/> on this thread what it was before.</summary>
    public void Dispose() => Engine.LeaveInline(_before);
}
