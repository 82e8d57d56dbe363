using CoreEngine.Onnx;

namespace CoreEngine.Perf;

/// <summary>A model file as a user of ours runs it: imported, and bound to an executor for inference.</summary>
internal sealed class NetworkRunner : IDisposable
{
    private readonly OnnxProgram _program;
    private readonly NDArray _images;
    private readonly Executor _executor;

    /// <param name="model">The model file.</param>
    /// <param name="batch">Images in one run.</param>
    /// <param name="images">The images.</param>
    public NetworkRunner(byte[] model, int batch, float[] images)
    {
        _images = NDArray.From<float>(images, [batch, Network.ImageChannels, Network.ImageSize, Network.ImageSize]);
        _program = OnnxImporter.Import(Onnx.OnnxModel.Read(model, "model"));
        _executor = Executor.Bind(
            _program.Symbol,
            [.. _program.Symbol.ListArguments().Select(name => _program.Parameters.GetValueOrDefault(name, _images))],
            states: [.. _program.Symbol.ListAuxiliaryStates().Select(name => _program.Parameters[name])],
            options: new BindOptions { ConstantParameters = [.. _program.Parameters.Keys] }
        );
    }

    /// <summary>Runs the network on the images and waits for the result.</summary>
    public NDArray Run()
    {
        NDArray result = _executor.Forward()[0];
        result.WaitToRead();
        return result;
    }

    public void Dispose()
    {
        _executor.Dispose();
        _images.Dispose();
        foreach (NDArray parameter in _program.Parameters.Values)
        {
            parameter.Dispose();
        }
    }
}
