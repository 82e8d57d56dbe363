namespace CoreEngine;

/// <summary>Sets this thread's recording and training mode; disposing it restores what was before.</summary>
public readonly ref struct AutogradScope
{
    private readonly bool _recording;
    private readonly bool _training;

    internal AutogradScope(bool recording, bool training) =>
        (_recording, _training) = Autograd.Swap(recording, training);

    /// <summary>Restores the modes that were set before.</summary>
    public void Dispose() => Autograd.Swap(_recording, _training);
}
