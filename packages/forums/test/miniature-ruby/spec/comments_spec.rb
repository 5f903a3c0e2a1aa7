require_relative 'spec_helper'

describe 'the service' do
  def with_key
    header 'X-Edx-Api-Key', API_KEY
  end

  it 'tells that it is there' do
    get '/heartbeat'
    expect(JSON.parse(last_response.body)).to eq('OK' => true)
  end

  it 'refuses who does not know the key' do
    get '/api/v1/comments'
    expect(last_response.status).to eq 401
  end

  it 'keeps comments' do
    with_key
    post '/api/v1/comments', body: 'first'
    get '/api/v1/comments'
    expect(JSON.parse(last_response.body)['comments']).to eq ['first']
  end

  it 'finds comments' do
    with_key
    post '/api/v1/comments', body: 'an apple a day'
    post '/api/v1/comments', body: 'a pear a day'
    get '/api/v1/search', text: 'pear'
    expect(JSON.parse(last_response.body)).to eq ['a pear a day']
  end

  it 'is tested on a database of its own' do
    expect(Comments.client.database.name).to eq 'cs_comments_service_test'
  end
end
