using System.Runtime.InteropServices;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// Infers shapes and types of a call, allocates missing outputs and schedules the kernel. One per thread, so that its
/// working arrays are reused.
/// </summary>
internal sealed partial class Dispatcher
{
    [ThreadStatic]
    private static Dispatcher? t_current;

    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();
    private static readonly BoundOperator s_add = OperatorRegistry.Default["elemwise_add"].Bind();

    private readonly ShapeInference _shapes = new();
    private readonly TypeInference _types = new();
    private readonly StorageInference _storage = new();
    private Var[] _reads = new Var[8];
    private Var[] _writes = new Var[8];
    private int _readCount;
    private int _writeCount;

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
                $"{inputs.Length} inputs were given; it takes {op.InputCount}"
                    + (op.InputCount > 20 ? "." : $": {string.Join(", ", op.InputNames)}.")
            );
        }

        if (op.Definition.ShapeOfValues is { } rule && outputs[0] is null)
            outputs[0] = MakeOutput(op, rule, inputs);
        Dispatcher dispatcher = t_current ?? new Dispatcher();
        // A kernel that runs inline may call operators itself: it must not find this one in use.
        t_current = null;
        try
        {
            if (!AnySparse(op, inputs, outputs))
                dispatcher.Schedule(op, inputs, outputs, requests, isTraining, storage: null);
            else
                dispatcher.ScheduleSparse(op, inputs, outputs, requests, isTraining);
        }
        finally
        {
            dispatcher.ForgetVariables();
            t_current = dispatcher;
        }
    }

    /// <summary>An output whose shape only the values of the inputs tell.</summary>
    private static NDArray MakeOutput(BoundOperator op, ValueShapeRule rule, ReadOnlySpan<NDArray> inputs)
    {
        var views = new TensorView[inputs.Length];
        for (int i = 0; i < views.Length; i++)
        {
            inputs[i].WaitToRead();
            views[i] = inputs[i].View;
        }

        return new NDArray(rule(op, views), DType.UInt8, inputs.Length > 0 ? inputs[0].Device : null);
    }

    private void Schedule(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining,
        StorageInference? storage
    )
    {
        if ((FindInferred(op, inputs, outputs) ?? Infer(op, inputs, outputs)) is not { } inferred)
        {
            MakeEmpty(op, inputs, outputs);
            return;
        }

        Device device = ChooseDevice(op, inputs, outputs);
        if (op.RunsOnCaller)
        {
            RunOnCaller(op, inputs, outputs, requests, isTraining, inferred, device);
            return;
        }

        bool isQuick =
            inferred.MostElements <= op.Definition.QuickElements || op.Definition.SelectIsQuick?.Invoke(op) is true;
        RandomStream random = op.IsRandom ? RandomState.Next(op.Definition.RandomStreams) : default;
        Invocation invocation = Invocation.Rent(op, inputs.Length, isQuick, isTraining, random);
        for (int i = 0; i < inputs.Length; i++)
        {
            NDArray input = inputs[i];
            invocation.SetInput(i, input);
            AddRead(input.Variable);
        }

        foreach (int i in op.MutableInputs)
        {
            AddWrite(inputs[i].Variable);
        }

        // Outputs that overlap an input in a way the kernel cannot bear are computed elsewhere and copied.
        List<(NDArray Temporary, NDArray Target, Request Request)>? detours = null;
        for (int i = 0; i < outputs.Length; i++)
        {
            Request request = requests.IsEmpty ? Request.Write : requests[i];
            if (request == Request.Null)
            {
                invocation.SetUnwanted(i, inferred.Output(i), inferred.OutputType(i));
                continue;
            }

            NDArray? output = outputs[i];
            if (output is null)
            {
                StorageType type = storage?.Output(i) ?? StorageType.Default;
                output =
                    type == StorageType.Default
                        ? new NDArray(inferred.Output(i), inferred.OutputType(i), device, inferred.OutputBytes(i))
                        : new NDArray(type, inferred.Output(i), inferred.OutputType(i), device);
                outputs[i] = output;
            }
            else
            {
                Overlap overlap = FindOverlap(op, inputs, output, i);
                bool isSparse = output.StorageType != StorageType.Default;
                bool keeps = op.Definition.KeepsOutput && request != Request.Add;
                if (overlap == Overlap.Harmful || (isSparse && request == Request.Add))
                {
                    NDArray temporary = isSparse
                        ? new NDArray(output.StorageType, output.Shape, output.DType, device)
                        : new NDArray(output.Shape, output.DType, device);
                    (detours ??= []).Add((temporary, output, request));
                    if (keeps)
                        Run(s_copy, [output], [temporary], [Request.Write], isTraining: false);
                    output = temporary;
                    request = Request.Write;
                }

                if ((overlap == Overlap.SamePlace || keeps) && request == Request.Write)
                    request = Request.WriteInplace;
            }

            invocation.SetOutput(i, output, request);
            // What is added to, or kept, is read too: a fault in it must not be taken for a value.
            if (request == Request.Add || (op.Definition.KeepsOutput && request == Request.WriteInplace))
                AddRead(output.Variable);
            AddWrite(output.Variable);
        }

        Engine.Default.Push(
            invocation,
            _reads.AsSpan(0, _readCount),
            _writes.AsSpan(0, _writeCount),
            new PushOptions(device)
        );
        if (detours is not null)
            CopyBack(detours);
    }

    /// <summary>Runs a call that is no operation of the engine. It always gets arrays, also for what nobody wants.</summary>
    private static void RunOnCaller(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining,
        Inferred inferred,
        Device device
    )
    {
        var targets = new NDArray[outputs.Length];
        var targetRequests = new Request[outputs.Length];
        List<NDArray>? unwanted = null;
        List<(NDArray Temporary, NDArray Target, Request Request)>? detours = null;
        for (int i = 0; i < outputs.Length; i++)
        {
            Request request = requests.IsEmpty ? Request.Write : requests[i];
            NDArray? target = request == Request.Null ? null : outputs[i];
            bool overlaps = target is not null && FindOverlap(op, inputs, target, i) != Overlap.None;
            if (target is null || overlaps || target.StorageType != StorageType.Default)
            {
                var made = new NDArray(inferred.Output(i), inferred.OutputType(i), device, inferred.OutputBytes(i));
                if (request == Request.Null)
                {
                    (unwanted ??= []).Add(made);
                }
                else if (target is null)
                {
                    outputs[i] = made;
                }
                else
                {
                    (detours ??= []).Add((made, target, request));
                    request = Request.Write;
                }

                target = made;
            }

            targets[i] = target;
            targetRequests[i] = request;
        }

        CustomKernels.RunOnCaller(op, inputs!, targets, targetRequests, isTraining);
        if (detours is not null)
            CopyBack(detours);
        foreach (NDArray array in unwanted ?? [])
        {
            array.Dispose();
        }
    }

    private static void CopyBack(List<(NDArray Temporary, NDArray Target, Request Request)> detours)
    {
        foreach ((NDArray temporary, NDArray target, Request request) in detours)
        {
            Copy(temporary, target, request);
            temporary.Dispose();
        }
    }

    /// <summary>Schedules copying one array into another, however they are stored, or adding it.</summary>
    internal static void Copy(NDArray computed, NDArray target, Request request)
    {
        if (request == Request.Add && target.StorageType != StorageType.Default)
            Run(s_add, [target, computed], [target], [Request.Write], isTraining: false);
        else
            Run(CopyInto(target, computed), [computed], [target], [request], isTraining: false);
    }

    /// <summary>What copies one array into another, however they are stored.</summary>
    internal static BoundOperator CopyInto(NDArray target, NDArray source) =>
        target.StorageType == source.StorageType ? s_copy : StorageCast.To(target.StorageType);

    private void AddRead(Var var)
    {
        if (_readCount == _reads.Length)
            Array.Resize(ref _reads, 2 * _readCount);
        _reads[_readCount++] = var;
    }

    private void AddWrite(Var var)
    {
        if (_writeCount == _writes.Length)
            Array.Resize(ref _writes, 2 * _writeCount);
        _writes[_writeCount++] = var;
    }

    // A variable keeps its memory reachable: this must not outlive the call.
    private void ForgetVariables()
    {
        Array.Clear(_reads, 0, _readCount);
        Array.Clear(_writes, 0, _writeCount);
        _readCount = 0;
        _writeCount = 0;
    }

    /// <summary>What inference found when the operator was last called with such arrays; null when it was not.</summary>
    private static Inferred? FindInferred(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        ReadOnlySpan<NDArray?> outputs
    )
    {
        Inferred? inferred = op.LatestInferred;
        while (inferred is not null && !Fits(inferred, inputs, outputs))
        {
            inferred = inferred.Older;
        }

        return inferred;
    }

    private static bool Fits(Inferred inferred, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        if (inferred.InputCount != inputs.Length)
            return false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!inferred.HasInput(i, inputs[i].Shape, inputs[i].DType))
                return false;
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } output)
            {
                if (!inferred.HasOutput(i, output.Shape, output.DType))
                    return false;
            }
            else if (inferred.NeedsOutputs)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Results of arrays without elements have none, either: there is nothing to compute.</summary>
    private void MakeEmpty(BoundOperator op, ReadOnlySpan<NDArray> inputs, Span<NDArray?> outputs)
    {
        Device device = ChooseDevice(op, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] ??= new NDArray(_shapes.Output(i), _types.Output(i), device, bytes: 0);
        }
    }

    /// <summary>Null when the results have no elements.</summary>
    private Inferred? Infer(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        bool given = false;
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
                given = true;
                _shapes.SetOutput(i, output.Shape);
                _types.SetOutput(i, output.DType);
            }
        }

        _shapes.Apply();
        _types.Apply();
        if (!_types.IsComplete)
            throw _types.Error("the type of the result cannot be deduced; give it or an output array.");
        foreach (NDArray input in inputs)
        {
            if (!input.Shape.IsKnown)
                return AllOutputsAreEmpty() ? null : throw _shapes.Error("an array without elements was given.");
        }

        if (!_shapes.IsComplete && op.Definition.MayBeEmpty && AllOutputsAreEmpty())
            return null;
        if (!_shapes.IsComplete)
            throw _shapes.Error("the shape of the result cannot be deduced; give it or an output array.");
        return Inferred.Keep(_shapes, _types, given);
    }

    private bool AllOutputsAreEmpty()
    {
        for (int i = 0; i < _shapes.OutputCount; i++)
        {
            if (_shapes.Output(i).Rank == 0 || _shapes.Output(i).IsKnown)
                return false;
        }

        return true;
    }

    // Host devices share one memory: a call may mix them and runs on the first.
    private static Device ChooseDevice(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        Device? device = inputs.Length == 0 ? op.Device : inputs[0].Device;
        for (int i = 1; i < inputs.Length; i++)
        {
            if (!SeesMemoryOf(device!.Value, inputs[i].Device))
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
            if (output is not null && !SeesMemoryOf(device!.Value, output.Device) && !op.Definition.CrossesDevices)
            {
                throw new OperatorException(
                    op.Name,
                    $"the output array is on {output.Device}, the inputs are on {device}; copy the result instead."
                );
            }
        }

        // What is computed from pinned or shared memory is ordinary.
        return device is not { } chosen ? Device.Cpu()
            : chosen.Type is DeviceType.CpuPinned or DeviceType.CpuShared ? Device.Cpu(chosen.Id)
            : chosen;
    }

    private static bool SeesMemoryOf(Device device, Device other) => device == other || (device.IsHost && other.IsHost);

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
            bool samePlace = input.IsSamePlaceAs(output) && Array.IndexOf(op.Inplace, (i, index)) >= 0;
            if (!samePlace)
                return Overlap.Harmful;
            result = Overlap.SamePlace;
        }

        return result;
    }

    private static void DisposeAll(NDArray[] arrays)
    {
        foreach (NDArray array in arrays)
        {
            array.Dispose();
        }
    }
}
