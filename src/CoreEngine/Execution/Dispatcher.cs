using System.Runtime.InteropServices;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// Infers shapes and types of a call, allocates missing outputs and schedules the kernel. One per thread, so that its
/// working arrays are reused.
/// </summary>
internal sealed class Dispatcher
{
    [ThreadStatic]
    private static Dispatcher? t_current;

    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly ShapeInference _shapes = new();
    private readonly TypeInference _types = new();
    private readonly List<Var> _reads = [];
    private readonly List<Var> _writes = [];

    /// <summary>Schedules a call.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">One per output; null entries are allocated here unless nobody wants them.</param>
    /// <param name="requests">What to do with each output; empty means write all.</param>
    /// <param name="isTraining">Whether this is part of a training pass.</param>
    internal static void Run(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        if (op.InputCount >= 0 && inputs.Length != op.InputCount)
        {
            throw new OperatorException(
                op.Name,
                $"{inputs.Length} inputs were given; it takes {op.InputCount}: {string.Join(", ", op.InputNames)}."
            );
        }

        Dispatcher dispatcher = t_current ?? new Dispatcher();
        // A kernel that runs inline may call operators itself: it must not find this one in use.
        t_current = null;
        NDArray[]? dense = null;
        try
        {
            if (NeedsDense(op, inputs))
                inputs = dense = MakeDense(inputs);
            dispatcher.Schedule(op, inputs, outputs, requests, isTraining);
        }
        finally
        {
            dispatcher._reads.Clear();
            dispatcher._writes.Clear();
            t_current = dispatcher;
            foreach (NDArray array in dense ?? [])
            {
                array.Dispose();
            }
        }
    }

    private void Schedule(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        Infer(op, inputs, outputs);
        Device device = ChooseDevice(op, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is null && RequestOf(requests, i) != Request.Null)
                outputs[i] = new NDArray(_shapes.Output(i), _types.Output(i), device);
        }

        // Outputs that overlap an input in a way the kernel cannot bear are computed elsewhere and copied.
        List<(NDArray Temporary, NDArray Target, Request Request)>? detours = null;
        RandomStream random = op.Definition.IsRandom ? RandomState.Next() : default;
        Invocation invocation = Invocation.Rent(op, inputs.Length, isTraining, random);
        int[] mutable = op.MutableInputs;
        for (int i = 0; i < inputs.Length; i++)
        {
            NDArray input = inputs[i];
            invocation.SetInput(i, input);
            _reads.Add(input.Variable);
            if (Array.IndexOf(mutable, i) >= 0)
            {
                _writes.Add(input.Variable);
                input.Storage.CountWrite();
            }

            if (input.Sparse is { } sparse)
                AddParts(sparse);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            Request request = RequestOf(requests, i);
            if (request == Request.Null || outputs[i] is not { } output)
            {
                invocation.SetOutput(i, TensorView.Nothing(_shapes.Output(i), _types.Output(i)), Request.Null);
                continue;
            }

            Overlap overlap = FindOverlap(op, inputs, output, i);
            if (overlap == Overlap.Harmful)
            {
                var temporary = new NDArray(output.Shape, output.DType, device);
                (detours ??= []).Add((temporary, output, request));
                output = temporary;
                request = Request.Write;
            }
            else if (overlap == Overlap.SamePlace && request == Request.Write)
            {
                request = Request.WriteInplace;
            }

            invocation.SetOutput(i, output, request);
            // What is added to is read too: a fault in it must not be taken for a value.
            if (request == Request.Add)
                _reads.Add(output.Variable);
            _writes.Add(output.Variable);
            output.Storage.CountWrite();
        }

        Engine.Default.Push(
            invocation,
            CollectionsMarshal.AsSpan(_reads),
            CollectionsMarshal.AsSpan(_writes),
            new PushOptions(device)
        );
        foreach ((NDArray temporary, NDArray target, Request request) in detours ?? [])
        {
            Run(s_copy, [temporary], [target], [request], isTraining: false);
            temporary.Dispose();
        }
    }

    private void AddParts(SparseLayout sparse)
    {
        _reads.Add(sparse.Indices.Variable);
        if (sparse.RowPointers is { } rowPointers)
            _reads.Add(rowPointers.Variable);
    }

    private void Infer(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        _shapes.Start(op, inputs.Length);
        _types.Start(op, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            _shapes.SetInput(i, inputs[i].Shape);
            _types.SetInput(i, inputs[i].DType);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } output)
            {
                _shapes.SetOutput(i, output.Shape);
                _types.SetOutput(i, output.DType);
            }
        }

        op.Definition.InferShape(_shapes);
        op.Definition.InferType(_types);
        if (!_shapes.IsComplete)
            throw _shapes.Error("the shape of the result cannot be deduced; give it or an output array.");
        if (!_types.IsComplete)
            throw _types.Error("the type of the result cannot be deduced; give it or an output array.");
    }

    private static Device ChooseDevice(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        Device? device = inputs.Length == 0 ? op.Device : null;
        for (int i = 0; i < inputs.Length; i++)
        {
            device ??= inputs[i].Device;
            if (inputs[i].Device != device)
            {
                throw new OperatorException(
                    op.Name,
                    $"'{op.InputName(i)}' is on {inputs[i].Device}, others are on {device}; copy it there first."
                );
            }
        }

        foreach (NDArray? output in outputs)
        {
            device ??= output?.Device;
            if (output is not null && output.Device != device && !op.Definition.CrossesDevices)
            {
                throw new OperatorException(
                    op.Name,
                    $"the output array is on {output.Device}, the inputs are on {device}; copy the result instead."
                );
            }
        }

        return device ?? Device.Cpu();
    }

    private enum Overlap
    {
        None,
        SamePlace,
        Harmful,
    }

    private static Overlap FindOverlap(BoundOperator op, ReadOnlySpan<NDArray> inputs, NDArray output, int index)
    {
        var result = Overlap.None;
        for (int i = 0; i < inputs.Length; i++)
        {
            NDArray input = inputs[i];
            if (input.Storage != output.Storage || !input.SharesMemoryWith(output))
                continue;
            bool samePlace = input.IsSamePlaceAs(output) && Array.IndexOf(op.Definition.Inplace, (i, index)) >= 0;
            if (!samePlace)
                return Overlap.Harmful;
            result = Overlap.SamePlace;
        }

        return result;
    }

    private static bool NeedsDense(BoundOperator op, ReadOnlySpan<NDArray> inputs)
    {
        bool anySparse = false;
        foreach (NDArray input in inputs)
        {
            anySparse |= input.StorageType != StorageType.Default;
        }

        if (!anySparse || op.Definition.TakesSparse is not { } takes)
            return anySparse;
        Span<StorageType> storages = stackalloc StorageType[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            storages[i] = inputs[i].StorageType;
        }

        return !takes(storages);
    }

    private static NDArray[] MakeDense(ReadOnlySpan<NDArray> inputs)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        var dense = new NDArray[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            dense[i] = inputs[i].ToDense();
        }

        return dense;
    }

    private static Request RequestOf(ReadOnlySpan<Request> requests, int index) =>
        requests.IsEmpty ? Request.Write : requests[index];
}
