namespace CoreEngine;

/// <summary>
/// A function of arrays with a gradient of its own, for autograd: forward computes as usual, unrecorded, and backward
/// states the gradients. One object may be called any number of times.
/// </summary>
/// <remarks>
/// Both run on the thread that calls them, at once; what they schedule is asynchronous as usual. When the backward pass is
/// recorded (<c>createGraph</c>), <see cref="Backward"/> is too, and gradients of higher order follow from its operations.
/// For operators in symbols and cached graphs see <see cref="CustomOperator"/>.
/// </remarks>
/// <example>
/// <code>
/// sealed class Sigmoid : CustomFunction
/// {
///     protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs)
///     {
///         NDArray y = 1 / (1 + (-inputs[0]).Exp());
///         call.Save(y);
///         return [y];
///     }
///
///     protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients) =>
///         [outputGradients[0] * call.Saved[0] * (1 - call.Saved[0])];
/// }
/// </code>
/// </example>
public abstract class CustomFunction
{
    /// <summary>Computes the results.</summary>
    /// <param name="call">Keeps what backward needs.</param>
    /// <param name="inputs">The inputs, not to be changed.</param>
    protected abstract NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs);

    /// <summary>The gradients of the inputs; null for one that has none.</summary>
    /// <param name="call">What forward kept.</param>
    /// <param name="outputGradients">The gradient of each result.</param>
    protected abstract NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients);

    /// <summary>Calls the function; while autograd records, as one step of the computation.</summary>
    /// <exception cref="EngineException">There is no result.</exception>
    public NDArray[] Invoke(params ReadOnlySpan<NDArray> inputs)
    {
        var call = new CustomFunctionCall(this, inputs);
        bool isRecorded = Tape.Records(inputs);
        NDArray[] results;
        using (Autograd.Pause(Autograd.IsTraining))
        {
            results = Forward(call, inputs.ToArray());
        }

        if (results is not { Length: > 0 })
            throw new EngineException($"{GetType().Name}: Forward returned no result.");
        return isRecorded ? call.Record(inputs, results) : results;
    }

    /// <summary>
    /// Puts a call on the tape whose results are there already: these arrays now depend on the inputs through
    /// <see cref="Backward"/>.
    /// </summary>
    /// <exception cref="EngineException">Nothing is recorded, or a result is part of the recorded graph.</exception>
    internal void Record(ReadOnlySpan<NDArray> inputs, NDArray[] results)
    {
        if (!Autograd.IsRecording)
            throw new EngineException("A function can be recorded only inside Autograd.Record().");
        if (results.Any(result => result.NeedsGradient))
            throw new EngineException(
                "A result of a function is part of the recorded graph already; return a new array."
            );
        new CustomFunctionCall(this, inputs).RecordAs(inputs, results);
    }

    /// <summary>A recorded call has let go of what it kept: its backward will not run any more.</summary>
    internal virtual void End(CustomFunctionCall call) { }

    internal NDArray?[] RunBackward(CustomFunctionCall call, NDArray[] outputGradients) =>
        Backward(call, outputGradients);
}
