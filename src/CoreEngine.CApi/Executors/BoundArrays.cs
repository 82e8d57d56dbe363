namespace CoreEngine.CApi;

/// <summary>Where a function that binds returns the executor's arrays, as handles of the caller's.</summary>
/// <remarks>Counts are always written; lists only when there is something in them.</remarks>
internal readonly unsafe ref struct BoundArrays
{
    private readonly uint* _argumentCount;
    private readonly nint** _arguments;
    private readonly nint** _gradients;
    private readonly uint* _stateCount;
    private readonly nint** _states;

    internal BoundArrays(uint* argumentCount, nint** arguments, nint** gradients, uint* stateCount, nint** states)
    {
        _argumentCount = argumentCount;
        _arguments = arguments;
        _gradients = gradients;
        _stateCount = stateCount;
        _states = states;
    }

    /// <summary>Fails when there is nowhere to write to.</summary>
    internal void Require(int arguments, int states)
    {
        Pointers.Require(_argumentCount, "num_in_args");
        Pointers.Require(_stateCount, "num_aux_states");
        if (arguments > 0)
        {
            Pointers.Require(_arguments, "in_args");
            Pointers.Require(_gradients, "arg_grads");
        }

        if (states > 0)
            Pointers.Require(_states, "aux_states");
    }

    /// <summary>Writes new handles of the arrays.</summary>
    internal void Write(Executor executor)
    {
        ReturnBuffers buffers = ReturnBuffers.Mx;
        *_argumentCount = (uint)executor.Arguments.Count;
        *_stateCount = (uint)executor.AuxiliaryStates.Count;
        if (executor.Arguments.Count > 0)
        {
            *_arguments = AddAll(executor.Arguments, buffers.ArgumentHandles);
            *_gradients = AddAll(executor.Gradients, buffers.GradientHandles);
        }

        if (executor.AuxiliaryStates.Count > 0)
            *_states = AddAll(executor.AuxiliaryStates, buffers.StateHandles);
    }

    // The executor keeps handles of its own: it may be freed before its arrays, or after.
    private static nint* AddAll(IReadOnlyList<NDArray?> arrays, NativeBuffer buffer) =>
        buffer.Copy<nint>(Handles.AddAll([.. arrays.Select(array => array?.Detach())]));
}
