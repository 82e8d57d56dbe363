using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Calls of which some arrays are sparse: as they are where the kernel takes them, otherwise on dense copies.</summary>
internal sealed partial class Dispatcher
{
    /// <summary>Whether the call needs to know how arrays are stored.</summary>
    private static bool AnySparse(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        if (op.Definition.MakesSparse)
            return true;
        foreach (NDArray input in inputs)
        {
            if (input.StorageType != StorageType.Default)
                return true;
        }

        foreach (NDArray? output in outputs)
        {
            if (output is not null && output.StorageType != StorageType.Default)
                return true;
        }

        return false;
    }

    /// <summary>Schedules a call some of whose arrays are sparse: as it is, or, when the kernel does not take them, on dense copies.</summary>
    private void ScheduleSparse(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        FindStorage(op, inputs, outputs);
        if (_storage.IsServed)
        {
            Schedule(op, inputs, outputs, requests, isTraining, _storage);
            return;
        }

        // Rather what the kernel gives by itself, cast afterwards, than everything densely.
        FindStorage(op, inputs, []);
        if (_storage.IsServed)
        {
            ScheduleApart(op, inputs, outputs, requests, isTraining, _storage);
            return;
        }

        FindStorage(op, inputs, outputs);
        StorageFallback.Note(_storage);
        ScheduleDense(op, inputs, outputs, requests, isTraining);
    }

    private void FindStorage(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        _storage.Start(op, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            _storage.SetInput(i, inputs[i].StorageType);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } output)
                _storage.SetOutput(i, output.StorageType);
        }

        _storage.Apply();
    }

    /// <summary>Schedules a call on dense copies; what it changes is put back into the sparse arrays.</summary>
    private void ScheduleDense(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        NDArray[] denseInputs = MakeDense(inputs);
        try
        {
            ScheduleApart(op, denseInputs, outputs, requests, isTraining, storage: null);
            // A gradient that a rule scales in place is no result.
            for (int i = inputs.Length - op.AuxiliaryCount; i < inputs.Length; i++)
            {
                if (inputs[i].StorageType != StorageType.Default)
                    Copy(denseInputs[i], inputs[i], Request.Write);
            }
        }
        finally
        {
            DisposeAll(denseInputs);
        }
    }

    /// <summary>Schedules a call whose kernel gives other storage than the outputs have: those are cast afterwards.</summary>
    private void ScheduleApart(
        BoundOperator op,
        ReadOnlySpan<NDArray> inputs,
        Span<NDArray?> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining,
        StorageInference? storage
    )
    {
        var computed = new NDArray?[outputs.Length];
        var computedRequests = new Request[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            computedRequests[i] = requests.IsEmpty ? Request.Write : requests[i];
            if (outputs[i] is not { } output)
                continue;
            StorageType given = storage?.Output(i) ?? StorageType.Default;
            if (output.StorageType == given)
            {
                computed[i] = output;
                continue;
            }

            if (computedRequests[i] == Request.Null)
                continue;
            computedRequests[i] = Request.Write;
            // Made here, not by the call: where nothing else says how large a result is, the output does.
            computed[i] = NDArray.New(given, output.Shape, output.DType, output.Device);
        }

        Schedule(op, inputs, computed, computedRequests, isTraining, storage);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not { } output)
            {
                outputs[i] = computed[i];
            }
            else if (computed[i] is { } result && result != output)
            {
                using (result)
                {
                    Copy(result, output, requests.IsEmpty ? Request.Write : requests[i]);
                }
            }
        }
    }

    private static NDArray[] MakeDense(ReadOnlySpan<NDArray> inputs)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        var dense = new NDArray[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            NDArray input = inputs[i];
            if (input.StorageType == StorageType.Default)
            {
                dense[i] = input.Detach();
                continue;
            }

            dense[i] = new NDArray(input.Shape, input.DType, input.Device);
            Copy(input, dense[i], Request.Write);
        }

        return dense;
    }
}
