using CoreEngine.Files;
using CoreEngine.Operators;
using CoreEngine.Optimizers;

namespace CoreEngine.Conformance;

/// <summary>Runs recorded calls on CoreEngine's default engine, through the same door as every array operation.</summary>
public sealed class EngineCaseExecutor : ICaseExecutor
{
    /// <summary>
    /// What gradient arrays hold before a backward pass that is to overwrite them. Not zero: a pass that leaves them
    /// alone must be seen.
    /// </summary>
    private const double Untouched = 7;

    /// <inheritdoc/>
    public bool Has(string op) => OperatorRegistry.Default.TryGet(op, out _);

    /// <inheritdoc/>
    public CaseResult Execute(string op, OperatorCase recorded)
    {
        using var scope = new ArrayScope();
        BoundOperator bound = OperatorRegistry.Default[op].Bind(recorded.Attrs);
        NDArray[] inputs = [.. recorded.Inputs.Select(input => Input(recorded, input))];
        NDArray[] states = [.. recorded.Aux.Select(ArrayConversion.ToArray)];
        // Calls by name may give arrays without elements; in a symbol such a shape is one that is not known.
        if (recorded.Phase == "infer")
            Infer(bound, [.. inputs.Concat(states).Select(array => (array.Shape, array.DType))]);
        return recorded.Mode == CaseMode.Symbol
            ? RunNode(recorded, bound, inputs, states)
            : RunDirectly(recorded, bound, inputs, states);
    }

    /// <inheritdoc/>
    public CaseResult Execute(ErrorCase call)
    {
        using var scope = new ArrayScope();
        BoundOperator bound = OperatorRegistry.Default[call.Op].Bind(call.Attrs);
        (Shape Shape, DType Type)[] arguments =
        [
            .. call.Inputs.Select(input => (input.Shape is null ? default : new Shape(input.Shape), input.Dtype)),
        ];
        if (call.Mode == ErrorCase.Symbolic)
        {
            arguments = Infer(bound, arguments);
        }

        NDArray[] inputs = [.. arguments.Select(argument => NDArray.Zeros(argument.Shape, argument.Type))];
        using AutogradScope training = Autograd.TrainMode();
        return new CaseResult { Outputs = Dense(Imperative.Invoke(bound, inputs)) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<GoldenArray> ReadArrays(byte[] content, string name)
    {
        using var stream = new MemoryStream(content);
        using StoredArrayList list = NDArrayFile.Read(stream, name);
        return
        [
            .. list.Arrays.Select((array, i) => ArrayConversion.FromStored(list.HasNames ? list.Names[i] : "", array)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<DenseArray> Optimize(
        string description,
        GoldenArray weight,
        IReadOnlyList<GoldenArray> gradients
    )
    {
        using var scope = new ArrayScope();
        using Optimizer optimizer = Optimizer.FromJson(description);
        NDArray updated = ArrayConversion.ToArray(weight);
        var weights = new List<DenseArray>();
        foreach (GoldenArray gradient in gradients)
        {
            optimizer.Update(0, updated, ArrayConversion.ToArray(gradient));
            weights.Add(ArrayConversion.ToDense(updated));
        }

        return weights;
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> LearningRates(string description, int updates)
    {
        using Optimizer optimizer = Optimizer.FromJson(description);
        return
        [
            .. Enumerable
                .Range(1, updates)
                .Select(update => optimizer.Schedule?.Rate(optimizer.LearningRate, update) ?? optimizer.LearningRate),
        ];
    }

    /// <summary>One node: forward with what backward needs recorded, then backward from the head gradients.</summary>
    private static CaseResult RunNode(OperatorCase recorded, BoundOperator op, NDArray[] inputs, NDArray[] states)
    {
        var gradients = new Dictionary<string, NDArray>();
        if (recorded.HeadGrads is not null)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                Mark(recorded, recorded.Inputs[i], inputs[i], gradients);
            }
        }

        NDArray[] outputs;
        using (Autograd.Record(recorded.IsTrain))
        {
            outputs = Imperative.Invoke(op, [.. inputs, .. states]);
        }

        DenseArray[] outputValues = Dense(outputs);
        DenseArray[] statesAfterForward = Dense(states);
        if (recorded.HeadGrads is { } heads)
        {
            NDArray[] headGradients = [.. heads.Select(ArrayConversion.ToArray)];
            Autograd.Backward(outputs, headGradients, retainGraph: false, recorded.IsTrain);
        }

        return new CaseResult
        {
            Outputs = outputValues,
            AuxAfterForward = statesAfterForward,
            Grads = gradients.ToDictionary(pair => pair.Key, pair => ArrayConversion.ToDense(pair.Value)),
            AuxAfter = Dense(states),
            InputsAfter = Named(recorded, inputs),
        };
    }

    private static CaseResult RunDirectly(OperatorCase recorded, BoundOperator op, NDArray[] inputs, NDArray[] states)
    {
        NDArray?[] targets =
            recorded.OutIsInput is { } shared ? [inputs[shared]]
            : recorded.OutPreallocated
                ? [.. recorded.Outputs.Select(output => NDArray.Zeros(new Shape(output.Shape!), output.Dtype))]
            : [];
        NDArray[] outputs = [];
        using (recorded.IsTrain ? Autograd.TrainMode() : Autograd.PredictMode())
        {
            for (int step = 0; step < recorded.Steps; step++)
            {
                outputs = Imperative.Invoke(op, [.. inputs, .. states], targets);
            }
        }

        return new CaseResult
        {
            Outputs = Dense(outputs),
            AuxAfter = Dense(states),
            InputsAfter = Named(recorded, inputs),
        };
    }

    private static void Mark(
        OperatorCase recorded,
        GoldenArray input,
        NDArray array,
        Dictionary<string, NDArray> gradients
    )
    {
        GradientRequest request = input.GradReq switch
        {
            null or "null" => GradientRequest.Null,
            "write" => GradientRequest.Write,
            "add" => GradientRequest.Add,
            _ => throw new GoldenDataException($"The case {recorded.Id} has the unknown grad_req '{input.GradReq}'."),
        };
        if (request == GradientRequest.Null)
        {
            return;
        }

        GoldenArray? before = recorded.GradsBefore?.FirstOrDefault(one => one.Name == input.Name);
        GoldenArray? after = recorded.Grads?.FirstOrDefault(one => one.Name == input.Name);
        NDArray gradient = before is null
            ? NDArray.Full(array.Shape, Untouched, array.DType).ToStorage(after?.Storage ?? StorageType.Default)
            : ArrayConversion.ToArray(before);
        Autograd.MarkVariable(array, gradient, request);
        gradients.Add(input.Name, gradient);
    }

    private static NDArray Input(OperatorCase recorded, GoldenArray input) =>
        input.Data is null && recorded.InputConstant is { } value
            ? NDArray.Full(new Shape(input.Shape!), value, input.Dtype)
            : ArrayConversion.ToArray(input);

    /// <summary>Shapes and types of all arguments of a node of which some, or their shapes, were left to inference.</summary>
    private static (Shape Shape, DType Type)[] Infer(BoundOperator op, (Shape Shape, DType Type)[] given)
    {
        int count = Math.Max(op.InputCount, given.Length);
        var shapes = new ShapeInference();
        var types = new TypeInference();
        shapes.Start(op, count);
        types.Start(op, count);
        for (int i = 0; i < given.Length; i++)
        {
            shapes.SetInput(i, given[i].Shape);
            types.SetInput(i, given[i].Type);
        }

        shapes.Apply();
        types.Apply();
        var all = new (Shape Shape, DType Type)[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = (shapes.Input(i), types.Input(i));
            if (!all[i].Shape.IsKnown)
            {
                throw shapes.Error($"the shape of '{op.InputName(i)}' cannot be deduced; give it.");
            }

            if (all[i].Type == DType.None)
            {
                throw types.Error($"the type of '{op.InputName(i)}' cannot be deduced; give it.");
            }
        }

        for (int i = 0; i < shapes.OutputCount; i++)
        {
            if (!shapes.Output(i).IsKnown)
                throw shapes.Error("the shape of the result cannot be deduced; give it.");
        }

        return all;
    }

    private static DenseArray[] Dense(NDArray[] arrays) => Array.ConvertAll(arrays, ArrayConversion.ToDense);

    private static Dictionary<string, DenseArray> Named(OperatorCase recorded, NDArray[] inputs) =>
        recorded.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => ArrayConversion.ToDense(pair.Second));
}
