using System.Globalization;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Runs operators on arrays: infers, allocates, schedules, records. The one entry for every array operation.</summary>
public static class Imperative
{
    /// <summary>
    /// Calls an operator by name with string attributes. Where they leave out how many inputs there are
    /// (<c>num_args</c>), the inputs given are counted.
    /// </summary>
    /// <inheritdoc cref="Invoke(BoundOperator, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray})"/>
    public static NDArray[] Invoke(
        string name,
        ReadOnlySpan<NDArray> inputs,
        IReadOnlyDictionary<string, string>? attributes = null,
        ReadOnlySpan<NDArray?> outputs = default
    )
    {
        OperatorDef definition = OperatorRegistry.Default.Callable(name);
        string count = definition.VariadicCount;
        if (count.Length > 0 && attributes?.ContainsKey(count) != true)
        {
            attributes = new Dictionary<string, string>(attributes ?? new Dictionary<string, string>())
            {
                [count] = inputs.Length.ToString(CultureInfo.InvariantCulture),
            };
        }

        return Invoke(attributes is null ? definition.Bind() : definition.Bind(attributes), inputs, outputs);
    }

    /// <summary>Calls an operator.</summary>
    /// <param name="op">The operator and its attributes.</param>
    /// <param name="inputs">Its inputs, auxiliary states last.</param>
    /// <param name="outputs">
    /// Arrays to write into (they may be inputs), one per visible output or one per output; none to get new ones.
    /// </param>
    /// <returns>The visible outputs. They are not computed yet; reading their values waits.</returns>
    /// <exception cref="OperatorException">Wrong number of inputs or outputs, shapes, types or devices that do not fit.</exception>
    public static NDArray[] Invoke(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        ReadOnlySpan<NDArray?> outputs = default
    )
    {
        ArgumentNullException.ThrowIfNull(op);
        op = op.ForOneCall();
        var results = new NDArray?[op.OutputCount];
        if (outputs.Length > 0)
        {
            if (outputs.Length != op.OutputCount && outputs.Length != op.VisibleOutputCount)
            {
                throw new OperatorException(
                    op.Name,
                    $"{outputs.Length} output arrays were given; it has {op.VisibleOutputCount} (or give none)."
                );
            }

            outputs.CopyTo(results);
            Tape.CheckOutputs(op, outputs);
        }

        Dispatcher.Run(op, inputs, results, Requests(op, inputs, outputs.Length), Autograd.IsTraining);
        Tape.Record(op, inputs, results);
        if (op.RunsOnCaller && !Tape.Records(inputs))
            op.EndCall();
        if (op.VisibleOutputCount == results.Length)
            return results!;
        for (int i = op.VisibleOutputCount; i < results.Length; i++)
        {
            results[i]?.Dispose();
        }

        return results.AsSpan(0, op.VisibleOutputCount).ToArray()!;
    }

    /// <summary>Hidden outputs exist for backward: without a recording nobody wants them. Empty means write all.</summary>
    private static ReadOnlySpan<Request> Requests(BoundOperator op, ReadOnlySpan<NDArray> inputs, int given)
    {
        if (op.VisibleOutputCount == op.OutputCount || given == op.OutputCount || Tape.Records(inputs))
            return default;
        var requests = new Request[op.OutputCount];
        requests.AsSpan(0, op.VisibleOutputCount).Fill(Request.Write);
        return requests;
    }

    /// <summary>Calls an operator with typed parameters and returns its first output.</summary>
    /// <example><code>Imperative.Call("FullyConnected", new FullyConnectedParameters { NumHidden = 10 }, x, w, b)</code></example>
    /// <inheritdoc cref="Invoke(BoundOperator, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray})"/>
    public static NDArray Call(string name, IParameters parameters, params ReadOnlySpan<NDArray> inputs) =>
        Call(OperatorRegistry.Default.Callable(name).Bind(parameters), inputs);

    /// <summary>Calls an operator with its default parameters and returns its first output.</summary>
    /// <inheritdoc cref="Invoke(BoundOperator, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray})"/>
    public static NDArray Call(string name, params ReadOnlySpan<NDArray> inputs) =>
        Call(OperatorRegistry.Default.Callable(name).Bind(), inputs);

    /// <summary>Calls an operator and returns its first output.</summary>
    /// <inheritdoc cref="Invoke(BoundOperator, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray})"/>
    public static NDArray Call(BoundOperator op, params ReadOnlySpan<NDArray> inputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (op.OutputCount != 1 || op.RunsOnCaller)
            return Invoke(op, inputs)[0];
        NDArray? result = null;
        Dispatcher.Run(op, inputs, new Span<NDArray?>(ref result), requests: default, Autograd.IsTraining);
        if (Autograd.IsRecording)
            Tape.Record(op, inputs, new Span<NDArray?>(ref result));
        return result!;
    }
}
