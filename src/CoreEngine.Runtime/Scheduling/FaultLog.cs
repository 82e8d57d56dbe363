namespace CoreEngine.Runtime;

/// <summary>The failures that no wait has told anybody about.</summary>
internal sealed class FaultLog
{
    private const int Kept = 256;

    private readonly List<OperationException> _faults = [];
    private volatile bool _any;

    /// <summary>Notes a failure. When very many are never asked for, the later ones are not kept.</summary>
    public void Add(OperationException fault)
    {
        lock (_faults)
        {
            if (_faults.Count == Kept)
            {
                _faults.RemoveAll(static f => f.Reported);
            }
            if (_faults.Count < Kept)
            {
                _faults.Add(fault);
            }
            _any = true;
        }
    }

    /// <summary>
    /// The exception for the first failure that nobody was told of, with the others in it; null when there is none.
    /// All of them count as told afterwards.
    /// </summary>
    public OperationException? Take()
    {
        if (!_any)
        {
            return null;
        }
        lock (_faults)
        {
            List<OperationException> unreported = _faults.FindAll(static f => !f.Reported);
            _faults.Clear();
            _any = false;
            if (unreported.Count == 0)
            {
                return null;
            }
            OperationException first = unreported[0];
            unreported.RemoveAt(0);
            foreach (OperationException other in unreported)
            {
                other.Reported = true;
            }
            return first.ForWait(unreported);
        }
    }
}
