using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// A computation bound to arrays: arguments, gradients, auxiliary states and results. Everything between lives in one
/// planned piece of memory, and a run costs little more than its kernels.
/// </summary>
/// <remarks>
/// Forward and Backward are asynchronous, as every array operation is: they return when the work is scheduled, and
/// whoever reads a result waits for it. One executor is used by one thread at a time; its arrays by anybody.
/// </remarks>
public sealed partial class Executor : IDisposable
{
    private readonly Graph _graph;
    private readonly NDArray[] _arguments;
    private readonly NDArray?[] _gradients;
    private readonly GradientRequest[] _requests;
    private readonly NDArray[] _states;
    private readonly NDArray[] _outputs;
    private readonly NDArray?[] _headGradients;
    private readonly bool[] _headGradientIsOne;
    private readonly BindOptions _options;
    private readonly ExecutorGraph _whole;
    private readonly ExecutorArrays _arrays;

    // One for prediction, one for training; made at first use.
    private readonly ExecutorProgram?[] _programs = new ExecutorProgram?[2];

    // That of the latest Forward, which its Backward belongs to.
    private ExecutorProgram? _program;
    private RandomStream _random;
    private bool _hasForward;
    private bool _wasTraining;
    private bool _isDisposed;

    /// <summary>What is computed.</summary>
    public Symbol Symbol => field ??= new Symbol([.. _graph.Heads]);

    /// <summary>The arrays of the arguments, in the order of the symbol's arguments.</summary>
    public IReadOnlyList<NDArray> Arguments => _arguments;

    /// <summary>The arrays that gradients go to, by argument; null where none is wanted.</summary>
    public IReadOnlyList<NDArray?> Gradients => _gradients;

    /// <summary>What backward passes do with each gradient.</summary>
    public IReadOnlyList<GradientRequest> Requests => _requests;

    /// <summary>The arrays of the auxiliary states.</summary>
    public IReadOnlyList<NDArray> AuxiliaryStates => _states;

    /// <summary>The results: the same arrays after every run.</summary>
    public IReadOnlyList<NDArray> Outputs => _outputs;

    /// <summary>Names of the arguments.</summary>
    public IReadOnlyList<string> ArgumentNames => field ??= [.. _graph.Arguments.Select(node => node.Name)];

    /// <summary>Names of the auxiliary states.</summary>
    public IReadOnlyList<string> AuxiliaryStateNames => field ??= [.. _graph.AuxiliaryStates.Select(node => node.Name)];

    /// <summary>Names of the results.</summary>
    public IReadOnlyList<string> OutputNames =>
        field ??= [.. _graph.Heads.Select(head => head.Node.OutputName(head.Index))];

    /// <summary>Bytes of the memory that holds what lies between arguments and results.</summary>
    public long PlannedBytes => Program(HasGradients).Plan.PlannedBytes;

    /// <summary>Bytes that would be needed if every intermediate result had memory of its own.</summary>
    public long UnplannedBytes => Program(HasGradients).Plan.UnplannedBytes;

    /// <summary>The array of an argument or auxiliary state.</summary>
    /// <exception cref="EngineException">There is none of this name; the message lists the names.</exception>
    public NDArray this[string name]
    {
        get
        {
            for (int i = 0; i < _arguments.Length; i++)
            {
                if (ArgumentNames[i] == name)
                    return _arguments[i];
            }

            for (int i = 0; i < _states.Length; i++)
            {
                if (AuxiliaryStateNames[i] == name)
                    return _states[i];
            }

            throw new EngineException(
                $"Executor: there is no argument or auxiliary state '{name}'. There are: "
                    + $"{NameList.Of(ArgumentNames.Concat(AuxiliaryStateNames), name)}"
            );
        }
    }

    /// <summary>The gradient of an argument; null when none is wanted.</summary>
    /// <exception cref="EngineException">There is no argument of this name; the message lists the names.</exception>
    public NDArray? GradientOf(string argument)
    {
        for (int i = 0; i < _arguments.Length; i++)
        {
            if (ArgumentNames[i] == argument)
                return _gradients[i];
        }

        throw new EngineException(
            $"Executor: there is no argument '{argument}'. There are: {NameList.Of(ArgumentNames, argument)}"
        );
    }

    /// <summary>Computes the results from what the arguments hold.</summary>
    /// <param name="isTraining">Whether operators run in training mode.</param>
    /// <returns><see cref="Outputs"/>. They are not computed yet; reading their values waits.</returns>
    public IReadOnlyList<NDArray> Forward(bool isTraining = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _program = _monitor is null ? Program(isTraining) : Stepwise;
        _random = RandomState.Next(_program.RandomCount);
        _hasForward = true;
        _wasTraining = isTraining;
        _program.Forward(isTraining, _random, _monitor);
        return _outputs;
    }

    /// <summary>
    /// Computes the gradients from the latest <see cref="Forward"/>. That uses up what the pass has left: before the
    /// gradients are computed again, with other head gradients perhaps, the pass is repeated with the same random numbers.
    /// Where there was none yet, one in training mode comes first.
    /// </summary>
    /// <param name="headGradients">
    /// The gradient of each result, converted if it is of another type; ones where null or empty. Losses such as
    /// SoftmaxOutput do not look at it.
    /// </param>
    /// <param name="isTraining">Whether backward operators run in training mode.</param>
    /// <exception cref="EngineException">
    /// No gradient was asked for when binding, or the number or shapes of head gradients do not fit the results.
    /// </exception>
    public void Backward(ReadOnlySpan<NDArray?> headGradients = default, bool isTraining = true)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!HasGradients)
        {
            throw new EngineException("Backward: the executor was bound without gradients; ask for some when binding.");
        }

        SetHeadGradients(headGradients);
        if (_program is null)
            Forward(isTraining: true);
        if (!_hasForward)
            _program!.Forward(_wasTraining, _random, monitor: null);
        _hasForward = false;
        _program!.Backward(isTraining, _random, _program == _stepwise ? _monitor : null);
    }

    /// <summary>
    /// Lets go of the results, of the memory between, and of the arrays that <see cref="SimpleBind"/> or
    /// <see cref="Reshape"/> made; arrays that were given stay the caller's. What was scheduled still runs.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (ExecutorProgram? program in _programs)
        {
            program?.Dispose();
        }

        _stepwise?.Dispose();
        foreach (Node node in _graph.Nodes)
        {
            node.Operator?.EndCall();
        }

        _arrays.Arenas.Leave();
        foreach (NDArray? array in (NDArray?[])[.. _outputs, .. _arrays.Heads, .. _arrays.Variables.Values, .. _owned])
        {
            array?.Dispose();
        }
    }

    private void SetHeadGradients(ReadOnlySpan<NDArray?> given)
    {
        if (!given.IsEmpty && given.Length != _headGradients.Length)
        {
            throw new EngineException(
                $"Backward: {given.Length} head gradients were given for {_headGradients.Length} results."
            );
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (_headGradients[i] is not null && given[i] is { } array && array.Shape != _outputs[i].Shape)
            {
                throw new EngineException(
                    $"Backward: the gradient {array} of the result '{OutputNames[i]}' must have its shape "
                        + $"{_outputs[i].Shape}."
                );
            }
        }

        for (int i = 0; i < _headGradients.Length; i++)
        {
            if (_headGradients[i] is not { } target)
                continue;
            NDArray? source = given.IsEmpty ? null : given[i];
            if (source is not null && source.DType != target.DType)
                CopyConverted(source, target);
            else if (source is not null)
                Dispatcher.Copy(source, target, Request.Write);
            else if (!_headGradientIsOne[i])
                FillWithOnes(target);
            _headGradientIsOne[i] = source is null;
        }
    }

    private static void CopyConverted(NDArray source, NDArray target)
    {
        using NDArray converted = source.AsType(target.DType);
        Dispatcher.Copy(converted, target, Request.Write);
    }

    private static void FillWithOnes(NDArray array)
    {
        if (array.StorageType == StorageType.Default)
        {
            array.Fill(1);
            return;
        }

        using NDArray ones = NDArray.Ones(array.Shape, array.DType, array.Device);
        Dispatcher.Copy(ones, array, Request.Write);
    }
}
