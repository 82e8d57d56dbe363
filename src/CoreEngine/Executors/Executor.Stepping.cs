namespace CoreEngine;

/// <content>Looking at what happens between: monitors and runs node by node.</content>
public sealed partial class Executor
{
    private ExecutorMonitor? _monitor;
    private ExecutorProgram? _stepwise;
    private int _stepped;

    // Made at first use: it needs memory for every result in between.
    private ExecutorProgram Stepwise
    {
        get
        {
            using ArrayScope.Suspension suspension = ArrayScope.Suspend();
            return _stepwise ??= new ExecutorProgram(_whole, _arrays, _options, HasGradients, isStepwise: true);
        }
    }

    /// <summary>
    /// Has every result of every call shown to a callback, forward and backward. The callback is called on the thread
    /// that calls <see cref="Forward"/> or <see cref="Backward"/>, when the call is scheduled: the values may not be
    /// computed yet. Calls are then made one by one, without optimisations, and every result has memory of its own.
    /// </summary>
    /// <param name="monitor">
    /// Gets the result's name, <c>NODE_OUTPUT</c>, and a handle on its array, which it owns; the next run overwrites the
    /// values. Null for no monitor.
    /// </param>
    /// <param name="includesInputs">
    /// Whether the inputs of every call are shown before its results, named <c>NODE_INPUT</c>.
    /// </param>
    public void SetMonitor(Action<string, NDArray>? monitor, bool includesInputs = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _monitor = monitor is null ? null : new ExecutorMonitor(monitor, includesInputs);
    }

    /// <summary>Runs a forward pass node by node: to be called with 0, 1, 2 ... until nothing is left.</summary>
    /// <param name="step">The number of the node, in the symbol's order; 0 starts a new pass.</param>
    /// <param name="isTraining">Whether operators run in training mode.</param>
    /// <returns>How many nodes are left.</returns>
    public int PartialForward(int step, bool isTraining = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        int left = _graph.Nodes.Count - step - 1;
        if (left < 0)
            return 0;
        _program = Stepwise;
        if (step == 0)
        {
            _random = RandomState.Next(_program.RandomCount);
            _stepped = 0;
        }

        if (left == 0)
            _stepped = _program.Step(_stepped, node: null, isTraining, _random);
        else if (!_graph.Nodes[step].IsVariable)
            _stepped = _program.Step(_stepped, _graph.Nodes[step].Name, isTraining, _random);
        _hasForward = left == 0;
        _wasTraining = isTraining;
        return left;
    }
}
