using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Makes a call, on this thread, and looks at what it left.</summary>
internal static class CallRun
{
    /// <summary>The bytes of memory that was lent in debug mode and never written, four at a time.</summary>
    private const uint NeverWritten = 0xFFFCF00D;

    /// <summary>The operator that writes some places of a result that exists, and leaves the others.</summary>
    private const string Partial = "_scatter_set_nd";

    /// <summary>Makes the call.</summary>
    /// <exception cref="EngineException">The call is refused.</exception>
    /// <exception cref="InvalidDataException">
    /// Something wrote where it must not, did not write where it must, or failed with an error without a type.
    /// </exception>
    public static void Run(OperatorCall call) =>
        Run(call, (name, attributes) => OperatorRegistry.Default[name].Bind(attributes));

    /// <summary>Makes the call of an operator that is not registered, perhaps.</summary>
    /// <param name="call">The call; when it is bound, the operator must be registered.</param>
    /// <param name="bind">Finds the operator of a name, with attributes.</param>
    internal static void Run(OperatorCall call, Func<string, Dictionary<string, string>, BoundOperator> bind)
    {
        StoragePool pool = StoragePool.For(Device.Cpu());
        int found = pool.Findings.Count;
        using (Engine.RunInline())
        {
            using var arrays = new ArrayScope();
            try
            {
                Make(call, bind);
            }
            catch (OperationException error)
            {
                // Values may be refused as well, when they are seen; everything else is a kernel that broke.
                Exception cause = Cause(error);
                if (cause is not EngineException or MemoryCorruptionException)
                {
                    throw new InvalidDataException($"The kernel of {call.Operator} failed.", cause);
                }
            }
        }

        if (pool.Findings.Count > found)
        {
            throw new InvalidDataException($"{call.Operator}: {string.Join('\n', pool.Findings.Skip(found))}");
        }
    }

    private static void Make(OperatorCall call, Func<string, Dictionary<string, string>, BoundOperator> bind)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in call.Attributes)
        {
            attributes[name] = value;
        }

        if (call.Way == CallWay.Bound)
        {
            Bind(call, attributes);
            return;
        }

        BoundOperator op = bind(call.Operator, attributes);
        NDArray[] inputs = [.. call.Arguments.Select((argument, i) => CallArrays.Make(argument, Seed(call, i)))];
        switch (call.Way)
        {
            case CallWay.Recorded:
            case CallWay.Twice:
                Record(call, op, inputs);
                break;
            default:
                using (call.IsTraining ? Autograd.TrainMode() : Autograd.PredictMode())
                {
                    CheckWritten(op.Name, Imperative.Invoke(op, inputs, Targets(call, op, inputs)));
                }

                break;
        }
    }

    /// <summary>Arrays that the results are to be written to.</summary>
    private static NDArray[] Targets(OperatorCall call, BoundOperator op, NDArray[] inputs)
    {
        if (call.Way == CallWay.Inplace && inputs.Length > 0)
        {
            return [.. Enumerable.Repeat(inputs[0], 1), .. NewTargets(call, op, inputs).Skip(1)];
        }

        return call.Way == CallWay.Given ? NewTargets(call, op, inputs) : [];
    }

    private static NDArray[] NewTargets(OperatorCall call, BoundOperator op, NDArray[] inputs)
    {
        // What no argument gives a shape to takes that of the result.
        if (inputs.Length == 0)
        {
            return [NDArray.Zeros([2, 3], (DType)(Seed(call, 0) % DTypes.Count))];
        }

        using (Autograd.PredictMode())
        {
            NDArray[] results = Imperative.Invoke(op, inputs);
            // Another type or shape now and then: the operator must notice.
            DType? other = Seed(call, -1) % 7 == 0 ? DType.Int32 : null;
            return [.. results.Select(result => NDArray.Zeros(result.Shape, other ?? result.DType))];
        }
    }

    private static void Record(OperatorCall call, BoundOperator op, NDArray[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (call.Arguments[i].Request != GradientRequest.Null)
            {
                inputs[i].AttachGradient(call.Arguments[i].Request);
            }
        }

        NDArray[] results;
        using (Autograd.Record(call.IsTraining))
        {
            results = Imperative.Invoke(op, inputs);
        }

        CheckWritten(call.Operator, results);
        NDArray[] marked = [.. inputs.Where(input => input.Gradient is not null)];
        if (marked.Length == 0)
        {
            return;
        }

        if (call.Way == CallWay.Recorded)
        {
            Autograd.Backward(results, [], training: call.IsTraining);
        }
        else
        {
            NDArray[] first = Autograd.Gradients(results, marked, createGraph: true, training: call.IsTraining);
            CheckWritten(call.Operator, first);
            Autograd.Backward(first, [], training: call.IsTraining);
        }

        CheckWritten(call.Operator, [.. marked.Select(input => input.Gradient!)]);
    }

    private static void Bind(OperatorCall call, Dictionary<string, string> attributes)
    {
        Symbol[] variables = [.. call.Arguments.Select((_, i) => Symbol.Variable($"v{i}"))];
        Symbol symbol = Symbol.Call(call.Operator, variables, "node", attributes);
        var shapes = new Dictionary<string, Shape>();
        var types = new Dictionary<string, DType>();
        // Sometimes the first shape must do for all.
        bool isDeduced = Seed(call, 0) % 3 == 0;
        for (int i = 0; i < (isDeduced ? Math.Min(1, variables.Length) : variables.Length); i++)
        {
            shapes[$"v{i}"] = call.Arguments[i].Shape;
            types[$"v{i}"] = call.Arguments[i].DType;
        }

        string[] wanted =
        [
            .. Enumerable
                .Range(0, variables.Length)
                .Where(i => call.Arguments[i].Request != GradientRequest.Null)
                .Select(i => $"v{i}"),
        ];
        using Executor executor = Executor.SimpleBind(
            symbol,
            shapes,
            GradientRequests.Of(wanted.Intersect(symbol.ListArguments())),
            types
        );
        for (int i = 0; i < variables.Length; i++)
        {
            CallArrays.Fill(executor[$"v{i}"], call.Arguments[i].Values, Seed(call, i));
        }

        CheckWritten(call.Operator, [.. executor.Forward(call.IsTraining)]);
        if (wanted.Length > 0)
        {
            executor.Backward(isTraining: call.IsTraining);
            CheckWritten(call.Operator, [.. executor.Gradients.OfType<NDArray>()]);
        }
    }

    private static void CheckWritten(string op, NDArray[] results)
    {
        foreach (NDArray result in results)
        {
            result.WaitToRead();
            if (CallArrays.IndexOf(result, NeverWritten) is { } at && op != Partial)
            {
                throw new InvalidDataException($"{op}: the result {result} was not written from byte {at:N0} on.");
            }

            try
            {
                result.CheckFormat();
            }
            catch (EngineException error)
            {
                throw new InvalidDataException($"{op}: the result is no sparse array.", error);
            }
        }
    }

    /// <summary>What made an operation fail, or the operation inside it.</summary>
    private static Exception Cause(OperationException error)
    {
        Exception cause = error;
        while (cause is OperationException { InnerException: { } inner })
        {
            cause = inner;
        }

        return cause;
    }

    /// <summary>A number that depends on the call alone.</summary>
    private static int Seed(OperatorCall call, int argument)
    {
        uint hash = 2166136261 + (uint)argument;
        foreach (char letter in call.Operator)
        {
            hash = (hash ^ letter) * 16777619;
        }

        foreach (CallArgument one in call.Arguments)
        {
            hash = (hash ^ (uint)one.Shape.Size ^ ((uint)one.DType << 8)) * 16777619;
        }

        return (int)(hash & int.MaxValue);
    }
}
