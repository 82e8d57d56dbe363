using Microsoft.ML.OnnxRuntime;

namespace CoreEngine.Perf;

/// <summary>A network in ONNX Runtime (NuGet Microsoft.ML.OnnxRuntime), with input and output bound to arrays.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    /// <summary>The name that rows carry.</summary>
    public const string Name = "ONNX Runtime";

    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly SessionOptions _options = new();
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private readonly OrtValue[] _inputValues;
    private readonly OrtValue[] _outputValues;

    /// <param name="model">The model.</param>
    /// <param name="batch">Images in one run.</param>
    /// <param name="images">The images.</param>
    /// <param name="threads">Threads of one operator.</param>
    /// <param name="spinning">Whether its threads wait for the next operator awake. They sleep between runs in any case.</param>
    public OnnxRuntimePeer(byte[] model, int batch, float[] images, int threads, bool spinning)
        : this(
            options => new InferenceSession(model, options),
            [Images(batch, images)],
            [Classes(batch)],
            threads,
            spinning
        ) { }

    /// <param name="file">The model's file.</param>
    /// <inheritdoc cref="OnnxRuntimePeer(byte[], int, float[], int, bool)"/>
    public OnnxRuntimePeer(string file, int batch, float[] images, int threads, bool spinning)
        : this(
            options => new InferenceSession(file, options),
            [Images(batch, images)],
            [Classes(batch)],
            threads,
            spinning
        ) { }

    /// <param name="model">A model of one thread.</param>
    public OnnxRuntimePeer(SmallModel model)
        : this(
            options => new InferenceSession(model.File, options),
            model.Inputs,
            model.Outputs,
            threads: 1,
            spinning: false
        ) { }

    private OnnxRuntimePeer(
        Func<SessionOptions, InferenceSession> load,
        IReadOnlyList<ModelArray> inputs,
        IReadOnlyList<ModelArray> outputs,
        int threads,
        bool spinning
    )
    {
        _options.IntraOpNumThreads = threads;
        _options.InterOpNumThreads = 1;
        _options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
        _options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
        _options.AddSessionConfigEntry("session.intra_op.allow_spinning", spinning ? "1" : "0");
        _options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        _session = load(_options);
        Result = outputs[0].Values;
        _inputs = [.. inputs.Select(array => array.Name)];
        _outputs = [.. outputs.Select(array => array.Name)];
        _inputValues = [.. inputs.Select(Value)];
        _outputValues = [.. outputs.Select(Value)];
    }

    /// <summary>True when the native library is there for this platform.</summary>
    public static bool IsAvailable
    {
        get
        {
            try
            {
                return OrtEnv.Instance().GetVersionString().Length > 0;
            }
            catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
            {
                return false;
            }
        }
    }

    /// <summary>What the last run gave: the first result.</summary>
    public float[] Result { get; }

    /// <summary>Runs the network on the images.</summary>
    public void Run() => _session.Run(_run, _inputs, _inputValues, _outputs, _outputValues);

    public void Dispose()
    {
        Array.ForEach(_inputValues, value => value.Dispose());
        Array.ForEach(_outputValues, value => value.Dispose());
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }

    private static ModelArray Images(int batch, float[] images) =>
        new(OnnxModel.Input, images, [batch, Network.ImageChannels, Network.ImageSize, Network.ImageSize]);

    private static ModelArray Classes(int batch) =>
        new(OnnxModel.Output, new float[batch * Network.Classes], [batch, Network.Classes]);

    private static OrtValue Value(ModelArray array) => OrtValue.CreateTensorValueFromMemory(array.Values, array.Shape);
}
