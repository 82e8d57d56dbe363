using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>One call of a <see cref="CustomFunction"/>: what its forward keeps for its backward.</summary>
public sealed class CustomFunctionCall : IParameters, IDisposable
{
    private static readonly OperatorDef s_forward = new("_CustomFunction")
    {
        CountVariadicInputs = op => Of(op)._inputs.Length,
        SelectOutputCount = op => Of(op)._resultCount,
        Gradient = Differentiate,
        SelectRunsOnCaller = _ => true,
        Kernel = NoKernel,
    };

    private static readonly OperatorDef s_backward = new("_backward_CustomFunction")
    {
        CountVariadicInputs = op => Of(op)._resultCount,
        SelectOutputCount = op => Of(op)._inputs.Length,
        Kernel = NoKernel,
    };

    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly CustomFunction _function;
    private readonly (Shape Shape, DType Type)[] _inputs;
    private NDArray[] _saved = [];
    private int _resultCount;

    internal CustomFunctionCall(CustomFunction function, ReadOnlySpan<NDArray> inputs)
    {
        _function = function;
        _inputs = new (Shape, DType)[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = (inputs[i].Shape, inputs[i].DType);
        }
    }

    /// <summary>What forward saved, in its order.</summary>
    public IReadOnlyList<NDArray> Saved => _saved;

    /// <summary>Keeps arrays for backward: inputs, results or others. They must not be changed until then.</summary>
    public void Save(params ReadOnlySpan<NDArray> arrays) => _saved = arrays.ToArray();

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        // There is nothing to write as text: a call is an object of the program.
    }

    /// <summary>Lets go of what was saved: backward will not run any more.</summary>
    public void Dispose()
    {
        foreach (NDArray array in _saved)
        {
            array.Dispose();
        }

        _saved = [];
        _function.End(this);
    }

    /// <summary>Puts the call on the tape, where it makes these arrays from these inputs.</summary>
    internal void RecordAs(ReadOnlySpan<NDArray> inputs, NDArray[] results)
    {
        _resultCount = results.Length;
        Tape.Record(s_forward.Bind(this), inputs, results);
    }

    /// <summary>Puts the call on the tape; what was saved then belongs to it.</summary>
    internal NDArray[] Record(ReadOnlySpan<NDArray> inputs, NDArray[] results)
    {
        // A result may be an array that has a place on the tape already.
        NDArray[] own = Array.ConvertAll(results, result => result.Detach());
        RecordAs(inputs, own);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        _saved = Array.ConvertAll(
            _saved,
            array =>
            {
                int place = Array.IndexOf(results, array);
                return (place >= 0 ? own[place] : array).Share();
            }
        );
        return own;
    }

    /// <summary>Whether a call is the backward of a function, which is no kernel.</summary>
    internal static bool IsBackward(BoundOperator op) => op.Definition == s_backward;

    /// <summary>Runs the function's backward.</summary>
    /// <param name="op">The call.</param>
    /// <param name="outputGradients">Its inputs.</param>
    /// <param name="outputs">Where the gradients go; null entries that are wanted are filled in.</param>
    /// <param name="requests">What to do with each gradient.</param>
    internal static void RunBackward(
        BoundOperator op,
        NDArray[] outputGradients,
        NDArray?[] outputs,
        ReadOnlySpan<Request> requests
    )
    {
        CustomFunctionCall call = Of(op);
        using var scope = new ArrayScope();
        NDArray?[] gradients = call._function.RunBackward(call, outputGradients);
        string name = call._function.GetType().Name;
        if (gradients is null || gradients.Length != outputs.Length)
        {
            throw new EngineException(
                $"{name}: Backward returned {gradients?.Length ?? 0} gradients for {outputs.Length} inputs."
            );
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (requests[i] == Request.Null)
                continue;
            (Shape shape, DType type) = call._inputs[i];
            NDArray gradient = gradients[i] ?? NDArray.Zeros(shape, type, outputGradients[0].Device);
            if (gradient.Shape != shape || gradient.DType != type)
            {
                throw new EngineException(
                    $"{name}: Backward returned {gradient} for input {i}, which is {type.Name()} {shape}."
                );
            }

            if (outputs[i] is { } target)
            {
                Dispatcher.Run(s_copy, [gradient], [target], [requests[i]], isTraining: false);
                continue;
            }

            using ArrayScope.Suspension suspension = ArrayScope.Suspend();
            // The function may own the array, or return it twice; others will add to what is here, unless it is recorded.
            outputs[i] = Autograd.IsRecording ? gradient.Share() : gradient.Copy();
        }
    }

    private static CustomFunctionCall Of(BoundOperator op) => op.Parameters<CustomFunctionCall>();

    private static void Differentiate(GradientContext context)
    {
        CustomFunctionCall call = Of(context.Operator);
        Value gradients = context.Call(
            s_backward.Bind(call),
            [.. Enumerable.Range(0, call._resultCount).Select(context.OutputGradient)]
        );
        for (int i = 0; i < call._inputs.Length; i++)
        {
            context.Set(i, gradients.Output(i));
        }
    }

    private static void NoKernel(ref KernelContext context) =>
        throw new OperatorException(context.Operator.Name, "a custom function runs where it is called only.");
}
